// Loaded before a Broker server of the rehearsal, which has no setting for it: whatever it listens at is on loopback.
const { Server } = require('node:net');

const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...others) {
  return /^\d+$/.test(port) ? listen.call(this, Number(port), '127.0.0.1', ...others) : listen.call(this, port, ...others);
};

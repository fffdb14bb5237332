// Loads rules as the Broker's client does at its start, with the client's own code, for many clients in one process.
//
// Reads from standard input [{"home": the client's home, "environment": {…}}, …], and prints a list with one entry
// each: the rules in force, the value of every variable in them, and whether the client signs commits.
const fs = require('node:fs');
const path = require('node:path');

async function load({ home, environment }) {
  process.chdir(home);
  process.env = { ...environment, LOG_LEVEL: 'fatal' }; // standard output is for the result
  // Out of the home: the client finds the home's data by walking up from its own modules.
  const client = (name) => require(path.join(home, 'node_modules/snyk-broker/dist/lib/hybrid-sdk', name));
  const { loadBrokerConfig, getConfig } = client('common/config/config.js');
  await loadBrokerConfig(); // reads the home's .env and config.default.json too
  const config = getConfig();
  const rules = await client('common/filter/filter-rules-loading.js').default(config);
  const { replace } = client('common/utils/replace-vars.js');
  const used = new Set(JSON.stringify(rules).match(/\$\{\w+\}/g));
  return {
    rules,
    variables: Object.fromEntries([...used].map((name) => [name.slice(2, -1), replace(name, config)])),
    signs: client('client/scm/index.js').commitSigningEnabled(config),
  };
}

(async () => {
  const loaded = [];
  for (const one of JSON.parse(fs.readFileSync(0, 'utf8'))) loaded.push(await load(one));
  process.stdout.write(JSON.stringify(loaded));
})();

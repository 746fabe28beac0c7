// Loads entry points and prints what became of each:
// node load-entries.mjs import|require <entry point>...
import { createRequire } from 'node:module';

const [how, ...entries] = process.argv.slice(2);
const load =
  how === 'import' ? (entry) => import(entry) : createRequire(import.meta.url);

const results = {};
for (const entry of entries) {
  try {
    await load(entry);
    results[entry] = { ok: true };
  } catch ({ code, message }) {
    results[entry] = { ok: false, code, message };
  }
}
// One copy per process: classes are also injection tokens.
const require = createRequire(import.meta.url);
for (const entry of entries.filter((one) => results[one].ok)) {
  const imported = await import(entry);
  for (const [name, value] of Object.entries(require(entry))) {
    if (imported[name] !== value) results[entry].twice = name;
  }
}
console.log(JSON.stringify(results));

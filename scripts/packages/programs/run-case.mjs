// Does one of the things for which a library needs an optional peer, and prints
// what it says where that is not there:
// node run-case.mjs <module with cases> <number> import|require
import { createRequire } from 'node:module';

const [file, number, how] = process.argv.slice(2);
const { default: cases } = await import(file);
const load =
  how === 'import' ? (entry) => import(entry) : createRequire(import.meta.url);
try {
  await cases[number].use(load);
  console.log(JSON.stringify({ ok: true }));
} catch ({ code, message, stack }) {
  console.log(JSON.stringify({ ok: false, code, message, stack }));
}

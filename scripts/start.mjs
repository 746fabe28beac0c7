// Starts one of the applications: node scripts/start.mjs <name>
import { spawn } from 'node:child_process';
import { ensureBuilt } from './prepare.mjs';

ensureBuilt();
const [name, ...args] = process.argv.slice(2);
const app = spawn(process.execPath, [`dist/apps/${name}/main.js`, ...args], {
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => app.kill(signal));
}
app.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});

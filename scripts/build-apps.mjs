// Builds every application, against the built libraries as outside of the
// workspace.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';

const projects = readdirSync('apps')
  .map((app) => ({ app, project: `apps/${app}/tsconfig.app.json` }))
  .filter(({ project }) => existsSync(project));

const codes = await Promise.all(
  projects.map(async ({ app, project }) => {
    console.log(`build ${app}`);
    rmSync(`dist/apps/${app}`, { recursive: true, force: true });
    const args = ['node_modules/typescript/bin/tsc', '-p', project];
    const tsc = spawn(process.execPath, args, { stdio: 'inherit' });
    const [code] = await once(tsc, 'close');
    return code;
  }),
);
process.exit(codes.every((code) => code === 0) ? 0 : 1);

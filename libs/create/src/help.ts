export const HELP = `Usage: create-nest-a2a <folder> [options]

Starts a NestJS application that is an A2A agent, in a new folder below this one.

  --runtime memory|sqlite|postgres   where its tasks live (memory)
  --platform express|fastify         what Nest answers HTTP with (express)
  --package-manager npm|pnpm|yarn    what installs its packages (the one that runs this)
  --skip-install                     writes the files only
  --force                            also into a folder that is not empty; files of the same name are replaced
  --version, --help

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 folder is not empty, 4 packages were not installed,
130 interrupted.`;

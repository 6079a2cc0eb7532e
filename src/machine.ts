import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import envPaths from 'env-paths';
import { type Machine, readConfigPath } from './config/config.ts';
import { TOOLS } from './tools/index.ts';

/** What the program needs of the process that it runs in: `start.ts` alone touches the process itself. */
export type Host = Pick<
  NodeJS.Process,
  'env' | 'exitCode' | 'once' | 'platform' | 'stderr' | 'stdin' | 'stdout' | 'versions'
>;

/** What the configuration is read from. */
export function readMachine({ env: environment, platform, versions }: Host): Machine {
  const home = envPaths('airdate', { suffix: '' }).data;
  const machine = { environment, home, userHome: homedir() };
  const file = readFile(readConfigPath(machine));
  return {
    ...machine,
    ...(file && { file }),
    get timezone() {
      // Undefined where TZ names no zone, whatever the types say.
      const zone: string | undefined = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return zone ?? environment.TZ ?? 'nothing';
    },
    toolNames: TOOLS.map(({ name }) => name),
    zoneRules: versions.tz ?? 'unknown',
    nodeVersion: versions.node,
    platform,
  };
}

function readFile({ path, named }: ReturnType<typeof readConfigPath>): Machine['file'] {
  try {
    return { path, text: readFileSync(path, 'utf8') };
  } catch (error) {
    const problem = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const absent = problem === 'ENOENT' || problem === 'ENOTDIR';
    return absent && !named ? undefined : { path, problem };
  }
}

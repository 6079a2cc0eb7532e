import { type Config, readConfig } from './config/config.ts';
import { systemClock } from './domain/clock.ts';
import type { Log } from './domain/log.ts';
import { maskWhole } from './domain/mask.ts';
import { openLog } from './log.ts';
import { type Host, readMachine } from './machine.ts';
import type { Program } from './program.ts';

/** The program as it is configured, and what keeps its secrets. */
export interface Opened extends AsyncDisposable {
  readonly config: Config;
  readonly program: Program;
  readonly log: Log;
  readonly mask: (text: string) => string;
}

/** Reads the configuration and opens what it says. */
export async function open(host: Host): Promise<Opened> {
  const machine = readMachine(host);
  const config = readConfig(machine);
  const mask = (text: string) => maskWhole(text, config.secrets);
  const log = openLog((text) => host.stderr.write(`${text}\n`), { level: config.logLevel, mask });
  const { openProgram } = await import('./program.ts');
  const program = await openProgram(config, { clock: systemClock, log, zoneRules: machine.zoneRules });
  return { config, program, log, mask, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

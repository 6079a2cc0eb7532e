import type { Log, LogLevel } from './domain/log.ts';
import { spellOut } from './domain/text.ts';

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** JSON lines, masked; stdout stays free for the protocol. */
export function openLog(
  write: (line: string) => void,
  { level, mask }: { level: LogLevel; mask: (text: string) => string },
): Log {
  return (line, message, facts = {}) => {
    if (ORDER.indexOf(line) < ORDER.indexOf(level)) return;
    const json = JSON.stringify({ time: new Date().toISOString(), level: line, message, ...facts });
    write(spellOut(mask(json)));
  };
}

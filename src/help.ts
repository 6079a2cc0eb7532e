import { SETTINGS } from './config.ts';

const settings = Object.entries(SETTINGS).map(([name, what]) => `  ${name.padEnd(24)}${what}`);

export const HELP = `Airdate schedules short-form video for AI agents, over the Model Context Protocol.
Never posted twice, never lost.

Usage: airdate [command]

  airdate             serve one MCP client over stdin and stdout, and air what is due
  airdate worker      air what is due, without a client; ends with SIGTERM or Ctrl-C
  airdate doctor      check Node, zone data, data directory, database and backends; --json for machines
  airdate --version
  airdate --help

Without any setting Airdate keeps its calendar in the data directory and publishes into a folder (simulated).

Settings, from the environment or the "settings" of airdate.config.json:
${settings.join('\n')}`;

import { SETTINGS } from '../config/config.ts';
import { COMMANDS } from './command-line.ts';

const commands = Object.entries(COMMANDS)
  .filter(([, { about }]) => about)
  .map(([name, { operands, about }]) => `  airdate ${[name, ...operands].join(' ').padEnd(22)}${about}`);

const settings = Object.entries(SETTINGS).map(([name, about]) => `  ${name.padEnd(28)}${about}`);

export const HELP = `Airdate schedules short-form video for AI agents, over the Model Context Protocol.
Never posted twice, never lost.

Usage: airdate [command]

  airdate                       serve one MCP client over stdin and stdout, and air what is due
${commands.join('\n')}
  airdate --version
  airdate --help

A token is made with airdate token create NAME [--level read|draft|full] [--accounts A,B] [--tenant T]
[--expires 90d|12h|2030-12-31]; airdate token list shows them, airdate token revoke NAME ends one.

doctor, log, approve and token list answer in JSON with --json.
Without any setting Airdate keeps its calendar in the data directory and publishes into a folder (simulated).

Settings, from the environment or the "settings" of airdate.config.json:
${settings.join('\n')}`;

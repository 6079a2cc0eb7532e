import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Licences under which code may be part of the program. Another one is a decision first. */
const ACCEPTED = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MPL-2.0', 'Unlicense'];

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly source: string;
  readonly text: string;
}

/** Names every package of which a module is in the program, with the text of its licence. */
export function thirdParty(modules: readonly string[]): string {
  const roots = new Set(modules.filter((id) => /[\\/]node_modules[\\/]/.test(id)).map(rootOf));
  const bundled = [...roots].map(read).sort((one, other) => (one.name < other.name ? -1 : 1));
  const unknown = bundled.filter(({ license }) => !ACCEPTED.includes(license));
  if (unknown.length > 0) {
    throw new Error(`Not among the accepted licences: ${unknown.map(labelOf).join(', ')}`);
  }
  return [
    '# What Airdate is made with',
    'Code of these packages is in the files beside this one, unchanged but for bundling and minifying; the sources are ' +
      'where each entry says. What is under the MPL-2.0 stays under it, and the file it came from may be had there.',
    ...bundled.map((one) => `## ${labelOf(one)}\n\n${one.source}\n\n${fenced(one.text)}`),
    '',
  ].join('\n\n');
}

function labelOf({ name, version, license }: Bundled): string {
  return `${name} ${version} (${license})`;
}

function fenced(text: string): string {
  return `\`\`\`\`text\n${text}\n\`\`\`\``;
}

/** The folder of the package: a package.json below it, without a name, only says how modules are read. */
function rootOf(module: string): string {
  for (let folder = dirname(module); folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && 'name' in parse(file)) return folder;
  }
  throw new Error(`${module} belongs to no package`);
}

function read(folder: string): Bundled {
  const { name, version, license, author, repository } = parse(join(folder, 'package.json'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(entry));
  const holder = typeof author === 'object' && author !== null ? Reflect.get(author, 'name') : author;
  return {
    name: String(name),
    version: String(version),
    license: String(license),
    source: sourceOf(repository) ?? `https://www.npmjs.com/package/${String(name)}/v/${String(version)}`,
    text: file
      ? readFileSync(join(folder, file), 'utf8').trim()
      : `The package has no file for it; its package.json says ${String(license)}, by ${String(holder)}.`,
  };
}

function sourceOf(repository: unknown): string | undefined {
  const named =
    typeof repository === 'object' && repository !== null ? Reflect.get(repository, 'url') : repository;
  if (typeof named !== 'string') return undefined;
  if (/^[\w.-]+\/[\w.-]+$/.test(named)) return `https://github.com/${named}`;
  return named.replace(/^git\+/, '').replace(/\.git$/, '');
}

function parse(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

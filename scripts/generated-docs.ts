import { VENDORS } from '../src/backends/index.ts';
import { localCapabilities } from '../src/backends/local/capabilities.ts';
import { type Capabilities, VERBS } from '../src/domain/capabilities.ts';
import { TOOLS } from '../src/tools/index.ts';

/** The files that hold what the code knows, as they should be. */
export function generated(read: (file: string) => string): Record<string, string> {
  return { 'README.md': readme(read('README.md')), 'manifest.json': manifest(read('manifest.json')) };
}

function readme(text: string): string {
  return [
    ['tools', toolTable()],
    ['backends', backendTable()],
  ].reduce((page, [name, table]) => fill(page, name ?? '', table ?? ''), text);
}

function fill(page: string, name: string, table: string): string {
  const [before, rest] = page.split(`<!-- ${name}: written by npm run docs -->`);
  const after = rest?.split(`<!-- end of ${name} -->`)[1];
  if (before === undefined || after === undefined) throw new Error(`README.md has no place for ${name}`);
  return `${before}<!-- ${name}: written by npm run docs -->\n\n${table}\n\n<!-- end of ${name} -->${after}`;
}

function toolTable(): string {
  const rows = TOOLS.map(({ name, description }) => `| \`${name}\` | ${description} |`);
  return ['| tool | |', '|---|---|', ...rows].join('\n');
}

function backendTable(): string {
  const backends: [string, Capabilities][] = [
    ...VENDORS.map(({ name, capabilities }): [string, Capabilities] => [name, capabilities]),
    ['local', localCapabilities],
  ];
  const reasons: string[] = [];
  const cell = (able: true | string) => {
    if (able === true) return 'yes';
    if (!reasons.includes(able)) reasons.push(able);
    return `no ${'¹²³⁴⁵⁶⁷⁸⁹'[reasons.indexOf(able)] ?? '*'}`;
  };
  const rows = VERBS.map((verb) => `| \`${verb}\` | ${backends.map(([, { tools }]) => cell(tools[verb])).join(' | ')} |`);
  const facts: [string, (capabilities: Capabilities) => string][] = [
    ['video from', ({ content }) => content.join(', ')],
    ['`edit_post` changes', ({ editable }) => editable.join(', ') || 'nothing'],
    ['sounds on', ({ soundPlatforms }) => soundPlatforms.join(', ') || 'none'],
    ['air times by the', ({ timePrecision }) => timePrecision],
  ];
  const factRows = facts.map(([what, of]) => `| ${what} | ${backends.map(([, capabilities]) => of(capabilities)).join(' | ')} |`);
  const notes = reasons.map((reason, index) => `${'¹²³⁴⁵⁶⁷⁸⁹'[index] ?? '*'} ${reason}`);
  return [
    `| | ${backends.map(([name]) => name).join(' | ')} |`,
    `|---|${backends.map(() => '---').join('|')}|`,
    ...rows,
    ...factRows,
    ...(notes.length > 0 ? ['', notes.join('  \n')] : []),
  ].join('\n');
}

function manifest(text: string): string {
  const tools = TOOLS.map(({ name, description }) => ({ name, description }));
  return `${JSON.stringify({ ...(JSON.parse(text) as object), tools }, null, 2)}\n`;
}

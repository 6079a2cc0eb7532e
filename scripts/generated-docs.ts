import { VENDORS } from '../src/backends/index.ts';
import { localCapabilities } from '../src/backends/local/capabilities.ts';
import { SETTINGS } from '../src/config/config.ts';
import { type Capabilities, VERBS } from '../src/domain/capabilities.ts';
import { TOOLS } from '../src/tools/index.ts';

/** The files that hold what the code knows, as they should be. */
export function generated(read: (file: string) => string): Record<string, string> {
  return {
    'README.md': readme(read('README.md')),
    'manifest.json': manifest(read('manifest.json')),
    'server.json': server(read('server.json'), read('package.json')),
  };
}

const SECRET = /_(?:KEY|SECRET|TOKEN)$/;
const FORMATS: Readonly<Record<string, string>> = {
  AIRDATE_HOME: 'filepath',
  AIRDATE_CONFIG: 'filepath',
  AIRDATE_OUTBOX: 'filepath',
  AIRDATE_GRACE: 'number',
};

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
  const rows = VERBS.map(
    (verb) => `| \`${verb}\` | ${backends.map(([, { tools }]) => cell(tools[verb])).join(' | ')} |`,
  );
  const facts: [string, (capabilities: Capabilities) => string][] = [
    ['video from', ({ content }) => content.join(', ')],
    ['`edit_post` changes', ({ editable }) => editable.join(', ') || 'nothing'],
    ['sounds on', ({ soundPlatforms }) => soundPlatforms.join(', ') || 'none'],
    ['air times by the', ({ timePrecision }) => timePrecision],
  ];
  const factRows = facts.map(
    ([what, of]) => `| ${what} | ${backends.map(([, capabilities]) => of(capabilities)).join(' | ')} |`,
  );
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
  return toJson({ ...parse(text), tools });
}

/** The registry's entry: what it shares with package.json, and the variables of the program. */
function server(text: string, packageText: string): string {
  const { name, version, mcpName, description } = parse(packageText);
  const environmentVariables = Object.entries(SETTINGS).map(([variable, about]) => ({
    name: variable,
    description: about,
    isRequired: false,
    ...(SECRET.test(variable) && { isSecret: true }),
    ...(FORMATS[variable] && { format: FORMATS[variable] }),
  }));
  const npm = {
    registryType: 'npm',
    identifier: name,
    version,
    transport: { type: 'stdio' },
    environmentVariables,
  };
  return toJson({ ...parse(text), name: mcpName, description, version, packages: [npm] });
}

function parse(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

/** As the formatter has it: a list of texts is on one line where it fits. */
function toJson(value: object): string {
  const text = JSON.stringify(value, null, 2).replaceAll(
    /^( *(?:"[^"]+": )?)\[\n((?: *"(?:[^"\\]|\\.)*",?\n)+) *\](,?)$/gm,
    (long, start: string, items: string, end: string) => {
      const short = `${start}[${items.trim().replaceAll(/\n\s+/g, ' ')}]${end}`;
      return short.length <= 110 ? short : long;
    },
  );
  return `${text}\n`;
}

import type { z } from 'zod';
import { type Candidate, Failure, type Issue } from '../domain/failure.ts';
import { didYouMean, nearest } from '../domain/nearest.ts';
import type { Tool } from '../tools/tool.ts';
import { inWords } from './issue-words.ts';
import { listTool } from './tool-list.ts';

/** However many there are, so many are looked at. */
const MOST_ISSUES = 20;
const MOST_CANDIDATES = 10;

/** What of a JSON schema is walked through to find what could have been meant. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

type Path = readonly PropertyKey[];

/** The arguments of a call as the tool takes them, or a failure that names the issues and what may have been meant. */
export function parseArguments<Input extends z.ZodObject>(tool: Tool<Input>, given: unknown): z.infer<Input> {
  const parsed = tool.input.safeParse(given ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const candidates: Candidate[] = [];
  const found = parsed.error.issues.slice(0, MOST_ISSUES);
  const issues = found.flatMap((issue) => explain(issue, { tool, candidates })).slice(0, MOST_ISSUES);
  const [first] = issues;
  const path = first?.path ?? '';
  throw new Failure(
    'invalid_parameter',
    path ? `${path}: ${first?.message}` : (first?.message ?? 'The arguments do not fit.'),
    {
      ...(path && { field: path }),
      issues,
      ...(candidates.length > 0 && { candidates: candidates.slice(0, MOST_CANDIDATES) }),
      hint: whatIsTaken(tool, found[0]),
    },
  );
}

interface Explaining {
  readonly tool: Tool;
  readonly candidates: Candidate[];
}

function explain(issue: z.core.$ZodIssue, { tool, candidates }: Explaining): Issue[] {
  const path = pathOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(tool, issue.path);
    return issue.keys.slice(0, MOST_ISSUES).map((key) => {
      const shown = key.slice(0, 60);
      const close = nearest(key, known);
      if (close) candidates.push({ value: close, why: `the nearest parameter to "${shown}"` });
      return {
        path: pathOf([...issue.path, shown]),
        message: `unknown${didYouMean(close, ' parameter')}`,
      };
    });
  }
  if (issue.code === 'invalid_value' && typeof issue.input === 'string') {
    const close = nearest(issue.input, issue.values.map(String));
    if (close) candidates.push({ value: close, why: `the nearest value for ${path}` });
  }
  return [{ path, message: inWords(issue) }];
}

/** The names that are known where the issue is: options of a platform, or the parameters of the tool. */
function whatIsTaken(tool: Tool, issue: z.core.$ZodIssue | undefined): string {
  const place = issue?.code === 'unrecognized_keys' ? issue.path : (issue?.path.slice(0, -1) ?? []);
  const known = place.length > 0 ? keysAt(tool, place) : [];
  return known.length > 0
    ? `${pathOf(place)} takes ${known.join(', ')}.`
    : `Parameters of ${tool.name}: ${keysAt(tool, []).join(', ')}.`;
}

function pathOf(path: Path): string {
  return path.map(String).join('.');
}

function keysAt(tool: Tool, path: Path): string[] {
  let at: Schema | undefined = listTool(tool).inputSchema as Schema;
  for (const key of path) at = typeof key === 'number' ? at?.items : at?.properties?.[String(key)];
  return Object.keys(at?.properties ?? {});
}

import type { z } from 'zod';
import { type Candidate, Failure, type Issue } from '../domain/failure.ts';
import { nearest } from '../domain/nearest.ts';
import type { Tool } from '../tools/tool.ts';
import { listTool } from './tool-list.ts';

/** What of a JSON schema is walked through to find what could have been meant. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The arguments of a call as the tool takes them, or a failure that names every issue and what may have been meant. */
export function parseArguments<Input extends z.ZodObject>(tool: Tool<Input>, given: unknown): z.infer<Input> {
  const parsed = tool.input.safeParse(given ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const candidates: Candidate[] = [];
  const issues = parsed.error.issues.flatMap((issue) => explain(issue, { tool, candidates }));
  const [first] = issues;
  const path = first?.path ?? '';
  throw new Failure(
    'invalid_parameter',
    path ? `${path}: ${first?.message}` : (first?.message ?? 'The arguments do not fit.'),
    {
      ...(path && { field: path }),
      issues: issues.slice(0, 20),
      ...(candidates.length > 0 && { candidates: candidates.slice(0, 10) }),
      hint: `Parameters of ${tool.name}: ${Object.keys(tool.input.shape).join(', ')}.`,
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
    const known = keysAt(listTool(tool).inputSchema as Schema, issue.path);
    return issue.keys.map((key) => {
      const shown = key.slice(0, 60);
      const close = nearest(key, known);
      if (close) candidates.push({ value: close, why: `the nearest parameter to "${shown}"` });
      return {
        path: pathOf([...issue.path, shown]),
        message: close ? `unknown; did you mean ${close}?` : 'unknown parameter',
      };
    });
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    const close = typeof issue.input === 'string' ? nearest(issue.input, known) : undefined;
    if (close) candidates.push({ value: close, why: `the nearest value for ${path}` });
    return [{ path, message: `expected one of ${known.join(', ')}` }];
  }
  if (issue.code === 'invalid_union') {
    const messages = issue.errors.flatMap((branch) => branch.map(({ message }) => message));
    return [{ path, message: [...new Set(messages)].join(' or ') }];
  }
  return [{ path, message: isMissing(issue) ? 'required' : lowerFirst(issue.message) }];
}

function isMissing(issue: z.core.$ZodIssue): boolean {
  return issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.');
}

function keysAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  let at: Schema | undefined = schema;
  for (const key of path) at = typeof key === 'number' ? at?.items : at?.properties?.[String(key)];
  return Object.keys(at?.properties ?? {});
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

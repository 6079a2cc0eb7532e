import type { Backend } from '../domain/backend.ts';
import type { Capabilities, Verb } from '../domain/capabilities.ts';
import { whoCan } from '../domain/capabilities.ts';
import type { Clock } from '../domain/clock.ts';
import { Failure } from '../domain/failure.ts';
import { BACKENDS, type BackendName, type Handle, parseHandle } from '../domain/handle.ts';
import type { Log } from '../domain/log.ts';
import type { Activity } from './activity.ts';
import type { Approvals } from './approvals.ts';
import type { Directory } from './directory.ts';
import type { KnownPosts } from './known-posts.ts';
import type { Ledger } from './ledger.ts';
import type { Proposals } from './proposals.ts';

/** What the tools work with: the backends that are on, and what Airdate itself keeps. */
export interface Desk {
  /** Those that are configured, in the order in which lists walk through them. */
  readonly backends: ReadonlyMap<BackendName, Backend>;
  /** Every backend that Airdate knows, configured or not: the answer to "who can?". */
  readonly catalog: ReadonlyMap<BackendName, Capabilities>;
  readonly directory: Directory;
  readonly ledger: Ledger;
  readonly knownPosts: KnownPosts;
  readonly activity: Activity;
  readonly proposals: Proposals;
  readonly approvals: Approvals;
  readonly clock: Clock;
  readonly log: Log;
  /** The zone in which times are read and shown when none is named. */
  readonly timezone: string;
  /** Folders inside which local files may be read. */
  readonly mediaRoots: readonly string[];
}

/** The backend that is meant, or a failure that says which ones are on. */
export function backendNamed(desk: Desk, name: BackendName, field: string): Backend {
  const backend = desk.backends.get(name);
  if (backend) return backend;
  const candidates = [...desk.backends.keys()].map((value) => ({ value, why: 'configured' }));
  throw notConfigured(desk, name, field).with({ candidates });
}

function notConfigured(desk: Desk, name: BackendName, field: string): Failure {
  return new Failure('invalid_parameter', `The backend ${name} is not configured here.`, {
    field,
    hint: `Configured: ${[...desk.backends.keys()].join(', ')}. An operator turns ${name} on with its setting.`,
    next: { tool: 'list_profiles', arguments: {}, why: 'shows the accounts that can be used' },
  });
}

/** Parses an id and finds the backend that it belongs to. */
export function locate(desk: Desk, handle: string, field: string): Handle & { readonly on: Backend } {
  const parsed = parseHandle(handle, field);
  const on = desk.backends.get(parsed.backend);
  if (on) return { ...parsed, on };
  throw notConfigured(desk, parsed.backend, field);
}

interface Ability {
  /** Continues "cannot". */
  readonly what: string;
  readonly can: (capabilities: Capabilities) => boolean;
  readonly why?: string;
  /** The parameter that asks for it. */
  readonly field?: string;
  /** How those that can are asked, where some are configured. */
  readonly instead?: string;
  /** What to do; in place of who can, where one given post is meant: no other backend can do anything with it. */
  readonly hint?: string;
}

/** Throws when a backend cannot, and says which ones can. */
export function checkCan(
  desk: Desk,
  backend: Backend,
  { what, can, why, field, instead, hint }: Ability,
): void {
  if (can(backend.capabilities)) return;
  const others = whoCan(desk.catalog, can);
  const configured = others.filter((name) => desk.backends.has(name));
  throw new Failure('unsupported', `${backend.name} cannot ${what}${why ? `: ${why}` : ''}.`, {
    ...(field !== undefined && { field }),
    backend: backend.name,
    hint:
      hint ??
      (others.length === 0
        ? 'No backend can.'
        : `Can: ${others.join(', ')}. Configured here: ${configured.join(', ') || 'none of them'}.${instead && configured.length > 0 ? ` ${instead}` : ''}`),
  });
}

/** The same for a whole tool. */
export function checkVerb(desk: Desk, backend: Backend, verb: Verb, more: Pick<Ability, 'hint'> = {}): void {
  const able = backend.capabilities.tools[verb];
  checkCan(desk, backend, {
    what: verb.replaceAll('_', ' '),
    can: ({ tools }) => tools[verb] === true,
    ...(able !== true && { why: able }),
    ...more,
  });
}

export function inOrder(names: Iterable<BackendName>): BackendName[] {
  const wanted = new Set(names);
  return BACKENDS.filter((name) => wanted.has(name));
}

import { z } from 'zod';
import type { Call } from '../../domain/call.ts';
import { Failure } from '../../domain/failure.ts';
import { toHandle } from '../../domain/handle.ts';
import type { Post } from '../../domain/post.ts';
import type { Http } from '../http.ts';
import { path } from '../path.ts';
import { advise } from './explain.ts';
import { answerOf } from './fields.ts';
import { fromWirePost, WirePost, WireResults } from './wire.ts';

export function readPost(http: Http, id: string, call: Call): Promise<WirePost> {
  const request = { path: path`/posts/${id}`, schema: answerOf(WirePost), notFound: notFound(id) };
  return http.read(request, call);
}

/** Where each account's copy is, and what went wrong, is told apart from the post, and only once it went out. */
export async function getPost(http: Http, id: string, call: Call): Promise<Post> {
  const wire = await readPost(http, id, call);
  if (wire.status === 'scheduled' || wire.status === 'draft') return fromWirePost(wire);
  const request = { path: path`/posts/${id}/results`, schema: answerOf(WireResults), notFound: notFound(id) };
  return fromWirePost(wire, await http.read(request, call).catch(withoutResults));
}

/** The post itself was there. */
function withoutResults(thrown: unknown): undefined {
  if (Failure.from(thrown).code !== 'not_found') throw thrown;
}

export async function deletePost(http: Http, id: string, call: Call): Promise<void> {
  const request = { method: 'DELETE', path: path`/posts/${id}`, notFound: notFound(id) } as const;
  await http.write({ ...request, schema: answerOf(z.looseObject({})) }, call);
}

/** Deletes a post that is not what was asked, whoever still waits, and tells what is true then. */
export async function takeBack(http: Http, id: string, call: Call): Promise<Post | 'gone' | 'unknown'> {
  await deletePost(http, id, regardless(call)).catch(() => undefined);
  return lookFor(http, id, regardless(call));
}

/** What must be done although nobody waits any more. */
export function regardless(call: Call): Call {
  return { ...call, signal: new AbortController().signal };
}

export async function lookFor(http: Http, id: string, call: Call): Promise<Post | 'gone' | 'unknown'> {
  try {
    return await getPost(http, id, call);
  } catch (thrown) {
    return Failure.from(thrown).code === 'not_found' ? 'gone' : 'unknown';
  }
}

/** The post with nothing of it to come any more. */
export function cancelled({ backendStatus: _, ...post }: Post): Post {
  const targets = post.targets.map((target) => ({ ...target, status: 'cancelled' as const }));
  return { ...post, status: 'cancelled', targets };
}

export function cannotEdit(id: string, status: string): Failure {
  return new Failure('cannot_edit', `The post is ${status} and can no longer be changed.`, whatBecameOf(id));
}

/** A refusal to change a post, with the call that shows why. */
export function changeRefused(thrown: unknown, id: string): Failure {
  const failure = advise(thrown);
  return failure.code === 'cannot_edit' ? failure.with(whatBecameOf(id)) : failure;
}

function whatBecameOf(id: string) {
  return {
    field: 'postId',
    hint: 'Only scheduled and draft posts can be edited or cancelled.',
    next: {
      tool: 'get_post',
      arguments: { postId: toHandle('posteverywhere', id) },
      why: 'shows what became of it',
    },
  };
}

function notFound(id: string): string {
  return `PostEverywhere has no post ${id.slice(0, 80)}.`;
}

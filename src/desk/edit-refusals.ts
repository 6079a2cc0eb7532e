import type { Backend } from '../domain/backend.ts';
import { Failure } from '../domain/failure.ts';
import type { Post } from '../domain/post.ts';
import { hasFailed, waysOn } from './failed-post.ts';

export function cannotEdit(postId: string, standing: Post, backend: Backend): Failure {
  return new Failure('cannot_edit', `The post is ${standing.status} and can no longer be changed.`, {
    field: 'postId',
    hint: hasFailed(standing)
      ? waysOn(backend, standing)
      : 'Only scheduled, draft and missed posts can be edited.',
    next: { tool: 'get_post', arguments: { postId }, why: 'shows what became of it' },
  });
}

export function missedWithoutTime(postId: string): Failure {
  return new Failure('invalid_parameter', 'The post missed its air time: it needs a new one.', {
    field: 'scheduledTime',
    hint: 'Add scheduledTime. To publish it now as it stands, without this change, call retry_post.',
    next: { tool: 'get_post', arguments: { postId }, why: 'shows the post as it stands' },
  });
}

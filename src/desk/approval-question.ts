import { toMoment } from '../domain/air-time.ts';
import type { Question } from '../domain/call.ts';
import { toHandle } from '../domain/handle.ts';
import { versionOf } from './approve-post.ts';
import type { Desk } from './desk.ts';
import type { Proposal } from './proposals.ts';

/** Asks a person whether a draft may air. All of it is shown, each text as JSON on a line of its own: none can pose as another. */
export function approvalQuestion(desk: Desk, proposal: Proposal): Question {
  const lines = ['Let this post go out?', ...describeDraft(desk, proposal)];
  return { text: lines.join('\n'), about: versionOf(proposal) };
}

/** What would air, when and where, a fact a line. */
export function describeDraft(desk: Desk, { draft, post }: Pick<Proposal, 'draft' | 'post'>): string[] {
  const { accountIds, contentUrl, scheduledTime: _, timezone: __, ambiguousTime: ___, ...rest } = draft;
  const { idempotencyKey: ____, dryRun: _____, ...texts } = rest;
  return [
    `When: ${whenOf(desk, post)}`,
    `Where: ${post.targets.map(({ accountId, backend = 'local', platform }) => `${platform} (${toHandle(backend, accountId)})`).join(', ') || accountIds.join(', ')}`,
    `Video: ${JSON.stringify(contentUrl)}`,
    ...Object.entries(texts).flatMap(([name, value]) =>
      value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`],
    ),
  ];
}

function whenOf(desk: Desk, { airAt, timezone = desk.timezone }: Proposal['post']): string {
  if (airAt === null) return 'now';
  const { local, offset } = toMoment(airAt, timezone);
  return `${local.replace('T', ' ')} (${timezone}, ${offset})`;
}

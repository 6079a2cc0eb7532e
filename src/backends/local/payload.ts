import { toMoment } from '../../domain/air-time.ts';
import { toHandle } from '../../domain/handle.ts';
import type { PlatformOptions } from '../../domain/platform-options.ts';
import type { Delivery } from './publisher.ts';
import { optionsOf } from './wire.ts';

type Due = Pick<Delivery, 'post' | 'account' | 'media' | 'soundUrl'>;

/**
 * What a publisher is handed: `{ type: "post.due", timestamp, data }`. Ids are handles, as an agent knows them. It is the
 * same for every attempt: a receiver may refuse a key that comes back with another message.
 */
export function duePayload({ post: { row }, account, media, soundUrl }: Due) {
  const options = optionsOf(row);
  const platform = account.platform as keyof PlatformOptions;
  const { caption: override, ...own } = options[platform] ?? {};
  const caption = override ?? row.caption ?? undefined;
  return {
    type: 'post.due',
    timestamp: toMoment(row.air_at, 'UTC').utc,
    data: {
      postId: toHandle('local', row.id),
      accountId: toHandle('local', account.id),
      platform: account.platform,
      contentType: 'video',
      contentUrl: media?.file ?? row.content_url,
      ...(caption !== undefined && { caption }),
      ...(row.title !== null && { title: row.title }),
      ...(row.sound_id !== null && { soundId: toHandle('local', row.sound_id) }),
      ...(soundUrl !== undefined && { soundUrl }),
      ...(Object.keys(own).length > 0 && { platformOptions: { [platform]: own } }),
      airTime: toMoment(row.air_at, row.timezone),
    },
  } as const;
}

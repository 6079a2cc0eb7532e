import { copyFile, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { toMoment } from '../../domain/air-time.ts';
import { Failure } from '../../domain/failure.ts';
import { duePayload } from './payload.ts';
import type { Delivery, Publisher } from './publisher.ts';

/**
 * Publishes into a folder: one JSON file per target beside the video. The name is the target's own, so the same delivery
 * again writes the same file.
 */
export function outbox(folder: string): Publisher {
  return {
    label: 'outbox',
    simulated: true,
    honoursKey: true,
    plan: (account) => ({ method: 'WRITE', url: join(folder, `<air time>-<post>-${account.id}.json`) }),
    async publish(delivery) {
      try {
        await mkdir(folder, { recursive: true });
        const stem = join(folder, stemOf(delivery));
        const video =
          delivery.media && (await placeVideo(delivery.media.file, `${stem}${extname(delivery.media.name)}`));
        const payload = duePayload(delivery);
        const contentUrl = video ?? payload.data.contentUrl;
        const entry = { simulated: true, ...payload, data: { ...payload.data, contentUrl } };
        await writeWhole(`${stem}.json`, `${JSON.stringify(entry, null, 2)}\n`);
        return { outcome: 'published' };
      } catch (error) {
        const failure = new Failure('unavailable', `The outbox ${folder} cannot be written.`, {
          hint: 'Check that the folder exists, may be written and has space; AIRDATE_OUTBOX names another one.',
          cause: error,
        });
        return { outcome: 'refused', failure, retryable: true };
      }
    },
  };
}

/** UTC air time, post and platform; the account too where its id says more. */
function stemOf({ post: { row }, account }: Delivery): string {
  const time = toMoment(row.air_at, 'UTC').utc.replaceAll(/[-:]/g, '');
  const names = [time, row.id, account.platform, account.id].filter(
    (name, index) => index < 3 || name !== account.platform,
  );
  return names.map((name) => name.replaceAll(/[^\w.-]/g, '_')).join('-');
}

async function placeVideo(from: string, to: string): Promise<string> {
  const part = `${to}.part`;
  await rm(part, { force: true });
  try {
    await link(from, part);
  } catch {
    await copyFile(from, part);
  }
  await rename(part, to);
  // Renaming one link of a file to another link of the same file does nothing.
  await rm(part, { force: true });
  return to;
}

async function writeWhole(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}

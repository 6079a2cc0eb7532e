import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { type Airdate, openAirdate } from '../../support/airdate.ts';
import { ManualClock } from '../../support/clock.ts';
import { eventually } from '../../support/eventually.ts';
import { openWebhookSink, WEBHOOK_SECRET, type WebhookSink } from '../../support/webhook-sink.ts';

/** As long as every pause between five attempts together, and some more. */
const ALL_PAUSES_MS = 200_000;

async function openBoth(options: { honoursKeys?: boolean } = {}) {
  const clock = new ManualClock();
  const sink = await openWebhookSink({ now: clock.now, ...options });
  const airdate = await openAirdate({ clock, environment: sink.environment });
  return {
    sink,
    airdate,
    clock,
    async [Symbol.asyncDispose]() {
      await airdate[Symbol.asyncDispose]();
      await sink[Symbol.asyncDispose]();
    },
  };
}

async function publishNow(airdate: Airdate, input: object = {}): Promise<string> {
  const { posts } = await airdate.call('create_video_post', {
    accountIds: ['local:tiktok'],
    contentUrl: 'https://cdn.example.com/clip.mp4',
    caption: 'due',
    ...input,
  });
  return posts[0]?.postId ?? '';
}

/** Lets the clock run until the post has come to an end. */
async function settled(airdate: Airdate, postId: string) {
  return eventually(
    async () => {
      await moveToNextAttempt(airdate);
      const { post } = await airdate.call('get_post', { postId });
      expect(['published', 'failed', 'unconfirmed']).toContain(post.status);
      return post;
    },
    { timeout: 15_000, interval: 10 },
  );
}

/** Moves the clock to the next attempt, and not at all while one is in hand. */
async function moveToNextAttempt({ clock, program }: Airdate): Promise<void> {
  const next = await program.database.query
    .selectFrom('targets')
    .select('due_at')
    .where('due_at', '>', clock.now())
    .orderBy('due_at')
    .executeTakeFirst();
  if (next) clock.set(next.due_at ?? clock.now());
}

/** Seconds between the attempts, by the clock of the one who sends them. */
function pauses({ requests }: WebhookSink): number[] {
  const times = requests.map(({ headers }) => Number(headers['webhook-timestamp']));
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

describe('what a webhook receives', () => {
  it('is one POST with the whole post, under a key and a signature', async () => {
    await using both = await openBoth();
    const { airdate, sink, clock } = both;
    const sound = await airdate.call('upload_sound', { soundUrl: 'https://cdn.example.com/tone.mp3' });
    const postId = await publishNow(airdate, {
      accountIds: ['local:youtube'],
      caption: 'morning run',
      title: 'Run',
      soundId: sound.sound.soundId,
      platformOptions: { youtube: { privacyStatus: 'unlisted', tags: ['run'] }, tiktok: { draft: true } },
      scheduledTime: '2026-11-22T18:30',
      timezone: 'Asia/Tokyo',
    });
    clock.set('2026-11-22T09:30:00Z');
    await settled(airdate, postId);

    const [request] = sink.requests;
    expect(sink.server.calls()).toEqual(['POST /due']);
    expect(request?.json).toEqual({
      type: 'post.due',
      timestamp: '2026-11-22T09:30:00Z',
      data: {
        postId,
        accountId: 'local:youtube',
        platform: 'youtube',
        contentType: 'video',
        contentUrl: 'https://cdn.example.com/clip.mp4',
        caption: 'morning run',
        title: 'Run',
        soundId: sound.sound.soundId,
        soundUrl: 'https://cdn.example.com/tone.mp3',
        platformOptions: { youtube: { privacyStatus: 'unlisted', tags: ['run'] } },
        airTime: {
          local: '2026-11-22T18:30:00',
          timezone: 'Asia/Tokyo',
          offset: '+09:00',
          utc: '2026-11-22T09:30:00Z',
        },
      },
    });
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': expect.stringMatching(/^[\w-]{10,100}$/),
      'webhook-id': request?.headers['idempotency-key'],
      'webhook-timestamp': expect.stringMatching(/^\d{10}$/),
      'webhook-signature': expect.stringMatching(/^v1,/),
    });
    expect(sink.published).toHaveLength(1);
  });

  it('leaves out what the post does not have', async () => {
    await using both = await openBoth();
    const postId = await publishNow(both.airdate, { caption: undefined });
    await settled(both.airdate, postId);
    expect(Object.keys(both.sink.published[0]?.message.data ?? {}).sort()).toEqual([
      'accountId',
      'airTime',
      'contentType',
      'contentUrl',
      'platform',
      'postId',
    ]);
  });

  it('is signed as any Standard Webhooks library verifies it', async () => {
    const clock = new ManualClock(Date.now());
    await using sink = await openWebhookSink();
    await using airdate = await openAirdate({ clock, environment: sink.environment });
    await settled(airdate, await publishNow(airdate));
    const [request] = sink.requests;
    const verify = (body: string) => new Webhook(WEBHOOK_SECRET).verify(body, request?.headers ?? {});
    expect(verify(request?.bytes.toString() ?? '')).toEqual(request?.json);
    expect(() => verify(`${request?.bytes.toString()} `)).toThrow('signature');
  });

  it('is one message for each account, each under a key of its own', async () => {
    await using both = await openBoth();
    const postId = await publishNow(both.airdate, { accountIds: ['local:tiktok', 'local:instagram'] });
    const post = await settled(both.airdate, postId);
    expect(post.status).toBe('published');
    expect(new Set(both.sink.keys).size).toBe(2);
    expect(both.sink.published.map(({ message }) => message.data.accountId).sort()).toEqual([
      'local:instagram',
      'local:tiktok',
    ]);
  });

  it('is what a dry run showed', async () => {
    await using both = await openBoth();
    const draft = {
      platformOptions: { tiktok: { caption: 'for TikTok' } },
      scheduledTime: '2026-11-22T10:00',
    };
    const { plan } = await both.airdate.call('create_video_post', {
      accountIds: ['local:tiktok'],
      contentUrl: 'https://cdn.example.com/clip.mp4',
      dryRun: true,
      ...draft,
    });
    await publishNow(both.airdate, draft);
    both.clock.set('2026-11-22T15:00:00Z');
    await eventually(() => expect(both.sink.published).toHaveLength(1));
    const { postId: _, ...sent } = both.sink.published[0]?.message.data ?? {};
    expect(plan.requests).toEqual([
      {
        backend: 'local',
        accountIds: ['local:tiktok'],
        method: 'POST',
        url: both.sink.environment.AIRDATE_WEBHOOK_URL,
        body: {
          type: 'post.due',
          timestamp: '2026-11-22T15:00:00Z',
          data: { postId: expect.any(String), ...sent },
        },
      },
    ]);
  });
});

describe('what a webhook answers', () => {
  it('a 2xx publishes the post, and its url is kept', async () => {
    await using both = await openBoth();
    const post = await settled(both.airdate, await publishNow(both.airdate));
    expect(post).toMatchObject({
      status: 'published',
      targets: [{ status: 'published', url: 'https://video.example/1' }],
    });
    expect(post).not.toHaveProperty('simulated');
    expect(post.targets[0]?.publishedAt).toMatchObject({ utc: expect.stringMatching(/Z$/) });
  });

  it.each([
    ['without a body', { status: 204, body: undefined }],
    ['that is no JSON', { status: 200, body: 'thank you' }],
    ['with a url that is no web address', { status: 201, body: { url: 'javascript:alert(1)' } }],
    ['longer than is read', { status: 202, body: { url: `https://video.example/${'x'.repeat(100_000)}` } }],
  ])('a 2xx answer %s publishes the post without a url', async (_, receipt) => {
    await using both = await openBoth();
    both.sink.answerWith(receipt);
    const post = await settled(both.airdate, await publishNow(both.airdate));
    expect(post.targets).toEqual([expect.not.objectContaining({ url: expect.anything() })]);
    expect(post.status).toBe('published');
    expect(both.sink.requests).toHaveLength(1);
  });

  it('a 2xx whose body breaks off publishes the post: it was accepted', async () => {
    await using both = await openBoth();
    both.sink.fail({ kind: 'halfAnswer' });
    const post = await settled(both.airdate, await publishNow(both.airdate));
    expect(post.status).toBe('published');
    expect(both.sink.requests).toHaveLength(1);
  });

  it.each([
    ['408', { kind: 'status', status: 408 }],
    ['425', { kind: 'status', status: 425 }],
    ['429', { kind: 'status', status: 429 }],
    ['500', { kind: 'html', status: 500 }],
    ['503', { kind: 'status', status: 503 }],
    ['a connection that is reset', { kind: 'resetBeforeRead' }],
    ['a reset after it was accepted', { kind: 'resetAfterAccept' }],
    ['a 502 after it was accepted', { kind: 'errorAfterAccept', status: 502 }],
  ] as const)('%s is tried again after about a second with the same key, and airs once', async (_, fault) => {
    await using both = await openBoth();
    const { airdate, sink } = both;
    sink.fail(fault);
    const post = await settled(airdate, await publishNow(airdate));
    expect(post.status).toBe('published');
    expect(post.targets[0]).not.toHaveProperty('error');
    expect(sink.requests).toHaveLength(2);
    expect(new Set(sink.keys).size).toBe(1);
    expect(sink.published).toHaveLength(1);
    expect(pauses(sink)[0]).toBeLessThanOrEqual(3);
  });

  it('a receiver that listens again later gets the post once', async () => {
    await using both = await openBoth();
    const { airdate, sink } = both;
    await sink.server.stop();
    const postId = await publishNow(airdate);
    await eventually(async () => {
      const { post } = await airdate.call('get_post', { postId });
      expect(post).toMatchObject({ status: 'processing', targets: [{ error: { code: 'unavailable' } }] });
    });
    await sink.server.listen();
    expect((await settled(airdate, postId)).status).toBe('published');
    expect(sink.published).toHaveLength(1);
  });

  it.each([
    [400, 'invalid_parameter'],
    [401, 'forbidden'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [409, 'conflict'],
    [410, 'not_found'],
    [413, 'media_rejected'],
    [415, 'media_rejected'],
    [422, 'invalid_parameter'],
  ])('a %d fails at once as %s, with what was said and both ways on', async (status, code) => {
    await using both = await openBoth();
    both.sink.fail({ kind: 'status', status, body: 'no such brand\u0007' });
    const post = await settled(both.airdate, await publishNow(both.airdate));
    expect(post).toMatchObject({
      status: 'failed',
      targets: [
        {
          status: 'failed',
          error: {
            code,
            message: `The webhook refused the post with ${status}: "no such brand"`,
            hint: expect.stringMatching(/mend it, then call retry_post; .* create the post anew/),
          },
        },
      ],
    });
    expect(JSON.stringify(post)).not.toContain('\\u0007');
    both.clock.advance(ALL_PAUSES_MS);
    await both.airdate.call('list_posts');
    expect(both.sink.requests).toHaveLength(1);
  });

  it('a redirect is not followed', async () => {
    await using both = await openBoth();
    await using elsewhere = await openWebhookSink({ now: both.clock.now });
    const location = elsewhere.environment.AIRDATE_WEBHOOK_URL;
    both.sink.fail({ kind: 'status', status: 307, headers: { location } });
    const post = await settled(both.airdate, await publishNow(both.airdate));
    expect(post).toMatchObject({
      status: 'failed',
      targets: [{ error: { code: 'not_found', hint: expect.stringContaining('AIRDATE_WEBHOOK_URL') } }],
    });
    expect(elsewhere.requests).toHaveLength(0);
  });

  it('five attempts that were surely refused make a failed post, with longer and longer pauses', async () => {
    await using both = await openBoth();
    const { airdate, sink } = both;
    sink.fail({ kind: 'status', status: 429 }, 100);
    const post = await settled(airdate, await publishNow(airdate));
    expect(post).toMatchObject({
      status: 'failed',
      targets: [{ status: 'failed', error: { code: 'rate_limited' } }],
    });
    expect(sink.requests).toHaveLength(5);
    expect(new Set(sink.keys).size).toBe(1);
    const found = pauses(sink);
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found[3]).toBeGreaterThanOrEqual(48);
  });

  it('five attempts without a usable answer make an unconfirmed post', async () => {
    await using both = await openBoth();
    both.sink.fail({ kind: 'errorAfterAccept', status: 500 }, 100);
    const post = await settled(both.airdate, await publishNow(both.airdate));
    expect(post).toMatchObject({
      status: 'unconfirmed',
      targets: [{ status: 'unconfirmed', error: { code: 'outcome_unknown' } }],
    });
    expect(both.sink.requests).toHaveLength(5);
    expect(both.sink.published).toHaveLength(1);
  });

  it('a refusal after an attempt that may have been accepted ends it, and says nothing of that attempt', async () => {
    await using both = await openBoth();
    both.sink.fail({ kind: 'resetAfterAccept' });
    both.sink.fail({ kind: 'status', status: 409, body: { message: 'seen before' } });
    const post = await settled(both.airdate, await publishNow(both.airdate));
    expect(post.status).toBe('unconfirmed');
    expect(both.sink.requests).toHaveLength(2);
    expect(both.sink.published).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  it.each([
    ['seconds with a 429', 429, () => '30', 30],
    ['seconds with a 503', 503, () => '45', 45],
    ['a date', 429, (now: number) => new Date(now + 40_000).toUTCString(), 40],
  ] as const)('in %s is waited out', async (_, status, retryAfter, seconds) => {
    await using both = await openBoth();
    const { airdate, sink, clock } = both;
    sink.fail({ kind: 'status', status, headers: { 'retry-after': retryAfter(clock.now()) } });
    const post = await settled(airdate, await publishNow(airdate));
    expect(post.status).toBe('published');
    expect(sink.requests).toHaveLength(2);
    expect(pauses(sink)[0]).toBeGreaterThanOrEqual(seconds - 1);
    expect(pauses(sink)[0]).toBeLessThanOrEqual(seconds + 4);
  });

  it.each(['0', '-5', 'soon', 'Sat, 21 Nov 2020 12:00:00 GMT'])(
    'of %s leaves the pause as it is',
    async (value) => {
      await using both = await openBoth();
      both.sink.fail({ kind: 'status', status: 429, headers: { 'retry-after': value } });
      const post = await settled(both.airdate, await publishNow(both.airdate));
      expect(post.status).toBe('published');
      expect(pauses(both.sink)[0]).toBeLessThanOrEqual(3);
    },
  );

  it.each(['99999999999999999999', 'Infinity', '1e300'])(
    'of %s is not taken at its word: the outcome is recorded',
    async (value) => {
      await using both = await openBoth();
      both.sink.fail({ kind: 'status', status: 429, headers: { 'retry-after': value } });
      const postId = await publishNow(both.airdate);
      await eventually(async () => {
        const { post } = await both.airdate.call('get_post', { postId });
        expect(post.targets[0]?.error).toMatchObject({ code: 'rate_limited' });
      });
      expect(both.airdate.log.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );
});

it('a receiver that forgets its keys publishes again what it accepted and did not answer: the key is its part', async () => {
  await using both = await openBoth({ honoursKeys: false });
  both.sink.fail({ kind: 'resetAfterAccept' });
  await settled(both.airdate, await publishNow(both.airdate));
  expect(both.sink.published).toHaveLength(2);
  expect(new Set(both.sink.published.map(({ key }) => key)).size).toBe(1);
});

import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/domain/failure.ts';
import { checkPublicUrl } from '../../src/media/address.ts';

function refusalOf(text: string): Failure {
  try {
    checkPublicUrl(text, 'contentUrl');
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
    throw thrown;
  }
  throw new Error(`not refused: ${text}`);
}

describe('a URL that is taken', () => {
  it.each([
    'https://cdn.example.com/clip.mp4',
    'https://cdn.example.com/clip.mp4?Expires=1&Signature=a%2Fb~c#t=1',
    'https://example.co.uk/a%20b.mp4',
    'https://93.184.216.34/clip.mp4',
    'https://[2606:4700:4700::1111]/clip.mp4',
    'https://[64:ff9b::808:808]/clip.mp4',
    'https://[2002:808:808::1]/clip.mp4',
    'https://localhost.example.com/clip.mp4',
    'https://internal.example.com/clip.mp4',
    'https://10.example.com/clip.mp4',
  ])('%s is public by its form', (text) => {
    expect(checkPublicUrl(text, 'contentUrl')).toBe(text);
  });

  it.each([
    ['https://cdn.example.com', 'https://cdn.example.com/'],
    [' HTTPS://CDN.Example.com:443/My Clip.mp4\n', 'https://cdn.example.com/My%20Clip.mp4'],
    ['https://münchen.example/übung.mp4', 'https://xn--mnchen-3ya.example/%C3%BCbung.mp4'],
    ['https://cdn.example.com\\@127.0.0.1/clip.mp4', 'https://cdn.example.com/@127.0.0.1/clip.mp4'],
  ])('%j comes back in the form that was checked', (text, url) => {
    expect(checkPublicUrl(text, 'contentUrl')).toBe(url);
  });
});

describe('a URL that leads into a private network is refused', () => {
  it.each([
    ['loopback', '127.0.0.1', '127.255.255.254', '127.1', '127.0.1', '[::1]', '[0:0:0:0:0:0:0:1]'],
    ['loopback as one number', '2130706433', '0x7f000001', '017700000001', '0x7f.1', '0177.0.0.1'],
    ['loopback in other digits', '①②⑦.⓪.⓪.①', '127。0。0。1', '%31%32%37.0.0.1', '127.0.0.1.'],
    ['this host', '0.0.0.0', '0', '0.1.2.3', '[::]'],
    [
      'private IPv4',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '100.127.255.255',
    ],
    ['link-local', '169.254.169.254', '0xa9fea9fe', '2852039166', '[fe80::1]', '[febf::1]'],
    [
      'special IPv4',
      '192.0.0.170',
      '198.18.0.1',
      '198.19.255.255',
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
    ],
    ['multicast and broadcast', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', '[ff02::1]'],
    ['private IPv6', '[fc00::1]', '[fd12:3456::1]', '[fec0::1]', '[2001:db8::1]', '[2001::1]', '[100::1]'],
    ['mapped IPv4', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:8.8.8.8]', '[0:0:0:0:0:ffff:a00:1]'],
    ['embedded IPv4', '[::127.0.0.1]', '[64:ff9b::127.0.0.1]', '[64:ff9b::a00:1]', '[64:ff9b:1::a00:1]'],
    ['6to4', '[2002:7f00:1::1]', '[2002:a00:1::]', '[2002:c0a8:101::1]', '[2002:a9fe:a9fe::1]'],
    [
      'localhost',
      'localhost',
      'LOCALHOST',
      'localhost.',
      'localhost..',
      'a.localhost',
      'loc%61lhost',
      'localhost。',
    ],
    [
      'private names',
      'metadata.google.internal',
      'printer.local',
      'printer.local.',
      'db.localdomain',
      'nas.home.arpa',
    ],
    ['names without a dot', 'intranet', 'internal', 'local', 'internal.'],
  ])('%s', (_, ...hosts) => {
    for (const host of hosts) {
      const failure = refusalOf(`https://${host}/clip.mp4`);
      expect(failure.code, host).toBe('invalid_parameter');
      expect(failure.details.field, host).toBe('contentUrl');
      expect(failure.message, host).toMatch(/^contentUrl (must not lead to|is not a URL)/);
    }
  });

  it('an IPv6 zone is no URL', () => {
    expect(refusalOf('https://[fe80::1%25eth0]/a.mp4').message).toBe('contentUrl is not a URL.');
    expect(refusalOf('https://[fe80::1%eth0]/a.mp4').message).toBe('contentUrl is not a URL.');
  });
});

describe('a refusal says what to do', () => {
  it.each([
    'ftp://cdn.example.com/a',
    'data:video/mp4;base64,AAAA',
    'javascript:alert(1)',
    'file:///etc/passwd',
  ])('%s has to be https', (text) => {
    expect(refusalOf(text).message).toBe('contentUrl must start with https://.');
    expect(refusalOf(text).details.candidates).toBeUndefined();
  });

  it('http is answered with the same link over https', () => {
    expect(refusalOf('http://cdn.example.com/clip.mp4').toAnswer()).toMatchInlineSnapshot(`
      {
        "candidates": [
          {
            "value": "https://cdn.example.com/clip.mp4",
            "why": "the same over https",
          },
        ],
        "code": "invalid_parameter",
        "field": "contentUrl",
        "hint": "It must be a link that anyone on the internet can open, such as https://cdn.example.com/clip.mp4.",
        "issues": [
          {
            "message": "must start with https://",
            "path": "contentUrl",
          },
        ],
        "message": "contentUrl must start with https://.",
        "retryable": false,
      }
    `);
  });

  it('https is not proposed where it would be refused too', () => {
    expect(refusalOf('http://localhost:3000/clip.mp4').details.candidates).toBeUndefined();
    expect(refusalOf('http://127.0.0.1/clip.mp4').details.candidates).toBeUndefined();
  });

  it('a link without its scheme is completed', () => {
    const [candidate] = refusalOf('cdn.example.com/clip.mp4').details.candidates ?? [];
    expect(candidate?.value).toBe('https://cdn.example.com/clip.mp4');
    expect(refusalOf('//cdn.example.com/clip.mp4').details.candidates?.[0]?.value).toBe(candidate?.value);
  });

  it.each(['', 'clip.mp4', '/home/ada/clip.mp4', 'https://', 'https://exa mple.com/', 'https://1.2.3.4.5/'])(
    '%j is not a URL',
    (text) => {
      expect(refusalOf(text).message).toBe('contentUrl is not a URL.');
      expect(refusalOf(text).details.candidates).toBeUndefined();
    },
  );

  it('ports are refused by number', () => {
    for (const port of [22, 80, 8080, 8443])
      expect(refusalOf(`https://cdn.example.com:${port}/a.mp4`).message).toContain(`port ${port}`);
  });

  it.each([
    'https://ada:s3cret@cdn.example.com/clip.mp4',
    'https://s3cret@cdn.example.com/clip.mp4',
    'http://ada:s3cret@cdn.example.com/clip.mp4',
    'https://ada:s3cret@exa mple.com/clip.mp4',
    'https://ada:s3cret@127.0.0.1/clip.mp4',
    'ada:s3cret@cdn.example.com/clip.mp4',
    'https://cdn.example.com\n@ada:s3cret/clip.mp4',
  ])('what stands before an @ is never said again (%#)', (text) => {
    expect(JSON.stringify(refusalOf(text).toAnswer())).not.toContain('s3cret');
  });

  it('control characters and endless text are refused', () => {
    expect(refusalOf('https://cdn.exa\nmple.com/a.mp4').message).toContain('control characters');
    expect(refusalOf('https://cdn.example.com/a\0.mp4').message).toContain('control characters');
    expect(refusalOf(`https://cdn.example.com/${'a'.repeat(1_000_000)}`).message).toContain('8192');
    expect(JSON.stringify(refusalOf(`https://${'a'.repeat(8000)}/`).toAnswer()).length).toBeLessThan(1500);
  });
});

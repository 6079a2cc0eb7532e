import { expect, it } from 'vitest';
import { isPublicAddress } from '../../src/media/public-address.ts';

it.each(['93.184.216.34', '2606:4700:4700::1111', '64:ff9b::5db8:d822'])('%s is public', (ip) => {
  expect(isPublicAddress(ip)).toBe(true);
});

it.each([
  '127.0.0.1',
  '10.1.2.3',
  '169.254.169.254',
  '::1',
  '::ffff:127.0.0.1',
  '::FFFF:10.0.0.1',
  '::ffff:7f00:1',
  'fe80::1%eth0',
  '2606:4700:4700::1111%eth0',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'example.com',
  '',
])('%j is not', (ip) => {
  expect(isPublicAddress(ip)).toBe(false);
});

import { expect, test } from '@jest/globals';
import { digestOf, sha256Hex } from '../../src/core/digest.ts';

test('a SHA-256 is that of the text in UTF-8', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256Hex('🧊')).toBe('b93bfd18d69cf368c07cf16928f3c370523acf29dd102cf438caefcad907d9eb');
});

test('a digest is its first 40 digits, over sorted keys at every depth', () => {
  expect(digestOf({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc2');
  expect(digestOf({ b: [{ d: 1, c: 2 }], a: 3 })).toBe(digestOf({ a: 3, b: [{ c: 2, d: 1 }] }));
  expect(digestOf({ b: [{ d: 1, c: 2 }], a: 3 })).toBe(
    sha256Hex('{"a":3,"b":[{"c":2,"d":1}]}').slice(0, 40),
  );
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
});

import { beforeAll, expect, test } from 'vitest';
import { tf } from '@dapo/core';
import { startWasm } from '../../../../../test/fixtures/tiny-policy.js';
import { attend, type Segment } from './attention.js';
import { chooseOwners, shareAmong } from './prefixes.js';

beforeAll(startWasm);

const [HEADS, OWNERS, KEYS, WIDTH, QUERIES] = [2, 3, 4, 8, 2];

function segment(): Segment {
  const random = (seed: number): tf.Tensor4D => tf.randomNormal([HEADS, OWNERS, KEYS, WIDTH], 0, 1, 'float32', seed);
  const mask = tf.tensor4d([0, 0, 0, -1e9, 0, 0, 0, 0, 0, -1e9, -1e9, -1e9], [1, OWNERS, 1, KEYS]);
  return { keys: random(1), values: random(2), mask };
}

async function attended(
  ownerOf: readonly number[],
  share: (of: Segment, owners: Int32Array) => Segment,
): Promise<number[]> {
  const result = tf.tidy(() => {
    const queries: tf.Tensor4D = tf.randomNormal([HEADS, ownerOf.length, QUERIES, WIDTH], 0, 1, 'float32', 3);
    return attend(queries, [share(segment(), Int32Array.from(ownerOf))]);
  });
  const values = Array.from(await result.data());
  result.dispose();
  return values;
}

test.each([
  ['evenly', [0, 0, 1, 1, 2, 2], { seats: false, copied: false }],
  ['nearly evenly', [0, 0, 0, 1, 1, 2, 2, 2], { seats: true, copied: false }],
  ['very unevenly', [0, 1, 2, 2, 2, 2, 2, 2], { seats: false, copied: true }],
])('rows that share owners %s see what rows with keys of their own see', async (_how, ownerOf, expected) => {
  const shape = tf.tidy(() => {
    const [shared] = shareAmong([segment()], Int32Array.from(ownerOf));
    return { seats: shared!.seats !== undefined, copied: shared!.keys.shape[1] === ownerOf.length };
  });
  expect(shape).toEqual(expected);
  const shared = await attended(ownerOf, (of, owners) => shareAmong([of], owners)[0]!);
  const copied = await attended(ownerOf, (of, owners) => chooseOwners([of], owners)[0]!);
  expect(Math.max(...copied.map((value, i) => Math.abs(value - shared[i]!)))).toBeLessThan(1e-6);
});

test('a hidden key has weight 0, whatever its value', async () => {
  const hide =
    (value: number) =>
    (of: Segment): Segment => {
      const changed = tf
        .buffer(of.keys.shape, 'float32', new Float32Array(of.keys.size).fill(value))
        .toTensor() as tf.Tensor4D;
      const hidden = tf.less(tf.tile(tf.reshape(of.mask!, [1, OWNERS, KEYS, 1]), [HEADS, 1, 1, WIDTH]), 0);
      return { ...of, keys: tf.where(hidden, changed, of.keys), values: tf.where(hidden, changed, of.values) };
    };
  expect(await attended([0, 1, 2], hide(50))).toEqual(await attended([0, 1, 2], hide(-3)));
});

import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Random } from '@dapo/core';
import { plugins } from '@dapo/plugins';
import { expect, test } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** The problems on one side, as dapo.config.ts has them. */
async function side(split: 'train' | 'heldOut'): Promise<string[]> {
  const { default: jsonl } = await plugins.prompts.jsonl();
  const options = jsonl.options!.parse({ file: './data/problems.jsonl', heldOutShare: 0.25, split });
  const source = await jsonl.create(options, { random: new Random(1), configFolder: folder });
  return (await source.take(source.size)).map(({ id }) => id).sort();
}

test('the held-out problems are the ones that every run so far was measured by', async () => {
  const heldOut = await side('heldOut');
  const sha256 = createHash('sha256').update(heldOut.join()).digest('hex');
  expect(heldOut).toHaveLength(87);
  expect(sha256).toBe('a41bfc84f559706fdb3c40f2379746af8a1c79aa8d4eddb1c97e8d61ad3e778d');
});

test('no problem is on both sides, and none is lost', async () => {
  const [train, heldOut] = [await side('train'), await side('heldOut')];
  expect(new Set([...train, ...heldOut]).size).toBe(326);
  expect(train.length + heldOut.length).toBe(326);
});

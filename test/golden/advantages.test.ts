import { tf } from '@dapo/core';
import { fixtureAdvantageInputs } from '@dapo/core/testing';
import { readGolden } from './golden-folder.js';
import { makeInstance, type GoldenPlugin } from './golden-plugins.js';
import { GoldenReport } from './golden-report.js';
import { expectGoldenTensor, type GoldenMatrix } from './golden-tolerance.js';

interface Case {
  readonly groups: GoldenMatrix;
  readonly expected: Readonly<Record<string, readonly number[]>>;
}

/** «group-norm ddof=1 eps=1e-6 (a remark)» → name and numbers. */
function parseKey(key: string): { name: string; numbers: Record<string, number> } {
  const [name, ...rest] = key
    .replace(/\(.*\)/, '')
    .trim()
    .split(' ');
  const pairs = rest.filter((word) => word.includes('=')).map((word) => word.split('='));
  return {
    name: name!,
    numbers: Object.fromEntries(pairs.map(([option, value]) => [option, Number(value)])),
  };
}

/** Golden name → plugin and options. */
const table: Readonly<Record<string, (numbers: Record<string, number>) => Omit<GoldenPlugin, 'kind'>>> = {
  'group-norm': (numbers) => ({ name: 'group-norm', options: numbers }),
  'group-center': () => ({ name: 'group-center' }),
  'leave-one-out': () => ({ name: 'leave-one-out' }),
  'batch-norm': (numbers) => ({ name: 'batch-norm', options: { ...numbers, over: 'responses' } }),
};

const report = new GoldenReport('advantages.json');
(readGolden('advantages.json') as { cases: Case[] }).cases.forEach(({ groups, expected }, i) => {
  for (const [key, numbers] of Object.entries(expected)) {
    const parsed = parseKey(key);
    const plugin = table[parsed.name]?.(parsed.numbers);
    report.entry(`case ${i}: ${key}`, plugin && [{ kind: 'advantage', ...plugin }], async ([found]) => {
      const estimator = await makeInstance(found as GoldenPlugin<'advantage'>);
      const result = tf.tidy(() => estimator.estimate(fixtureAdvantageInputs({ rewards: groups })));
      await expectGoldenTensor(result, numbers, key);
      result.dispose();
    });
  }
});

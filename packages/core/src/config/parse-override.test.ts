import { expect, test } from 'vitest';
import { parseOverride } from './parse-override.js';

test.each<[string, unknown]>([
  ['loss.clip.high=0.28', { loss: { clip: { high: 0.28 } } }],
  ['optimizer.learningRate=1e-6', { optimizer: { learningRate: 1e-6 } }],
  ['rewards.length=false', { rewards: { length: false } }],
  ['sampler=standard', { sampler: 'standard' }],
  ['seed = 7', { seed: 7 }],
  ['filters.band.range=[0.2, 0.8]', { filters: { band: { range: [0.2, 0.8] } } }],
  ['loss.clip={ use: cispo, high: 2 }', { loss: { clip: { use: 'cispo', high: 2 } } }],
  ['loss.clip=./my-clip.ts', { loss: { clip: './my-clip.ts' } }],
  ['loss.clip=@acme/clip#soft', { loss: { clip: '@acme/clip#soft' } }],
  ['name="a=b"', { name: 'a=b' }],
  ['name=a=b', { name: 'a=b' }],
  ['name=yes', { name: 'yes' }],
])('--set %s', (text, layer) => {
  expect(parseOverride(text)).toEqual({ layer, origin: 'the command line' });
});

test.each<[string, string]>([
  ['sampler', 'there is no = in it'],
  ['=1', 'its path has an empty part'],
  ['loss..clip=x', 'its path has an empty part'],
  ['loss.=x', 'its path has an empty part'],
  ['name=', 'there is no value after the ='],
  ['range=[1, 2', 'its value is no YAML: Flow sequence must end with a ]'],
])('--set %s is refused: %s', (text, reason) => {
  expect(() => parseOverride(text)).toThrow(
    [
      `--set ${text}: ${reason}`,
      '  expected: path=value, the value in YAML: loss.clip.high=0.28, rewards.length=false, sampler=standard',
    ].join('\n'),
  );
});

test('a path can not reach into the prototype of anything', () => {
  parseOverride('__proto__.polluted=true');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

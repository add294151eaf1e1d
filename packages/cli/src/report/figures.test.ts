import { expect, test } from 'vitest';
import { scoreFigure } from './figures.js';
import type { ReportSource } from './source.js';

/** A run of each of these names, with a score each. */
function sourceOf(names: readonly string[]): ReportSource {
  const runs = names.map((variant, i) => ({
    variant,
    state: 'finished',
    result: { score: 0.5 + i / 10, evaluations: [{ step: 0, value: 0.2 }] },
  }));
  return { facts: { plan: { variants: names.map((name) => ({ name })) }, runs } } as unknown as ReportSource;
}

test('names that differ at their ends alone are two bars, and are told apart', () => {
  const names = ['a-rather-long-name-of-a-run-20261129-000001', 'a-rather-long-name-of-a-run-20261129-000002'];
  const { svg, description } = scoreFigure(sourceOf(names));
  expect(svg).toContain('a-rather-lon…261129-000001');
  expect(svg).toContain('a-rather-lon…261129-000002');
  expect(description).toBe(`${names[0]!}: 50.0 %, ${names[1]!}: 60.0 %`);
});

test('the names of the scores have the room that they take', () => {
  const startOfBars = (name: string): number =>
    Number(/<rect[^>]* x="([\d.]+)"/.exec(scoreFigure(sourceOf([name])).svg)?.[1]);
  expect(startOfBars('grpo')).toBeGreaterThanOrEqual(168);
  expect(startOfBars('arithmetic-20261129-181229')).toBeGreaterThan(26 * 7.5);
});

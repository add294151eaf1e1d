import { expect, test } from 'vitest';
import { parseHTML } from 'linkedom';
import { RunHistory } from '../run-history.js';
import { drawCurves } from './curves.js';

function historyOf(steps: number, metrics: (step: number) => Record<string, number>): RunHistory {
  return new RunHistory(
    Array.from({ length: steps }, (_, i) => ({ kind: 'step', step: i + 1, metrics: metrics(i + 1) })),
  );
}

interface Drawn {
  readonly text: string[];
  readonly count: (selector: string) => number;
}

function parse(svg: string): Drawn {
  const { document } = parseHTML(svg) as unknown as {
    document: { querySelectorAll(selector: string): Iterable<{ textContent: string }> };
  };
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  return { text: all('text').map((node) => node.textContent), count: (selector) => all(selector).length };
}

test('the picture is an SVG of its own, with title, panels and axes', () => {
  const svg = drawCurves(
    historyOf(5, (step) => ({ 'reward/mean': step, 'policy/entropy': 1 / step })),
    'A < B',
    'seed 1',
  );
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
  const { text, count } = parse(svg);
  expect(text.slice(0, 2)).toEqual(['A < B', 'seed 1']);
  expect(text).toEqual(expect.arrayContaining(['Reward', 'Entropy', 'nats per token', 'rollout step']));
  expect(text).not.toContain('Clip fraction');
  expect(count('svg svg')).toBe(2);
  expect(svg).toContain('fill="#ffffff"');
});

test('held-out accuracy has its band and whiskers, cut to 0 and 1', () => {
  const metrics = {
    'evaluation/accuracy': 0.9,
    'evaluation/accuracy-low': 0.7,
    'evaluation/accuracy-high': 1.2,
  };
  const { text, count } = parse(
    drawCurves(
      historyOf(3, () => metrics),
      'run',
      '',
    ),
  );
  expect(count('g[aria-label="area"] path')).toBe(1);
  expect(count('g[aria-label="rule"] line')).toBe(3);
  expect(text).toContain('100%');
  expect(text).not.toContain('120%');
});

test('many steps get a moving average over a faint line, few get dots', () => {
  const few = parse(
    drawCurves(
      historyOf(10, (step) => ({ 'reward/mean': step })),
      'run',
      '',
    ),
  );
  const many = parse(
    drawCurves(
      historyOf(100, (step) => ({ 'reward/mean': step })),
      'run',
      'seed 1',
    ),
  );
  expect([few.count('circle'), few.count('g[aria-label="line"] path')]).toEqual([10, 1]);
  expect([many.count('circle'), many.count('g[aria-label="line"] path')]).toEqual([0, 2]);
  expect(many.text[1]).toBe('seed 1 · thick: moving average');
});

test('a history without any known metric still is a picture', () => {
  expect(drawCurves(new RunHistory([]), 'nothing', '')).toContain('nothing');
});

test('rollout steps are whole on the axis', () => {
  const { text } = parse(
    drawCurves(
      historyOf(3, () => ({ 'rollout/rounds': 2 })),
      'run',
      '',
    ),
  );
  expect(text.filter((label) => /\d\.\d/.test(label))).toEqual([]);
});

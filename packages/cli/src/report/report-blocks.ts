import { studyNotes, studyTables } from '../ablation/study-report.js';
import { count, duration, percent } from '../render/format.js';
import { decisionBlocks, differenceBlock, number } from './decision.js';
import type { Block } from './document.js';
import { learningFigures, legendFigure, metricFigures, scoreFigure } from './figures.js';
import { manifestBlocks } from './manifest-blocks.js';
import { compareCompletions } from './read-completions.js';
import type { ReportSource } from './source.js';
import { taskBlocks } from './task-blocks.js';
import { livenessByVariant, thresholdOf, variantFacts, type FactOptions, type VariantFacts } from './variant-facts.js';

/** All that a report says, in the order in which one would ask. */
export async function reportBlocks(
  sources: readonly ReportSource[],
  title: string,
  options: FactOptions,
): Promise<Block[]> {
  const parts = await Promise.all(
    sources.map((source, i) => sourceBlocks(source, sources.length > 1 ? i + 1 : undefined, options)),
  );
  return [{ kind: 'heading', level: 1, text: title }, ...taskBlocks(sources), ...parts.flat()];
}

async function sourceBlocks(source: ReportSource, place: number | undefined, options: FactOptions): Promise<Block[]> {
  const variants = variantFacts(source, options);
  const heading = (text: string): Block => ({ kind: 'heading', level: 2, text });
  const prefix = place === undefined ? '' : `${place}-`;
  const named = (block: Block): Block =>
    block.kind === 'figures'
      ? { ...block, figures: block.figures.map((figure) => ({ ...figure, name: `${prefix}${figure.name}` })) }
      : block;
  const answers = await compareCompletions(source);
  const blocks: Block[] = [
    ...(place === undefined ? [] : [heading(`${source.facts.plan.study}: ${source.folder}`)]),
    ...decisionBlocks(source, variants),
    heading(source.facts.plan.variants.some(({ step }) => step) ? 'The ladder' : 'Scores'),
    { kind: 'figures', figures: [scoreFigure(source)] },
    ...studyTables({ ...source.facts, live: livenessByVariant(variants) }).map(({ title, head, rows }): Block => ({
      kind: 'table',
      title,
      head,
      rows,
    })),
    costTable(source, variants, options),
    livenessTable(variants),
    heading('How to read it'),
    { kind: 'list', items: studyNotes(source.facts).map((note) => note.trim()) },
    ...learningBlocks(source),
    heading('What went on inside'),
    { kind: 'figures', figures: [legendFigure(source), ...metricFigures(source)] },
    heading('Completions, side by side'),
    ...completionBlocks(answers),
    heading('What differs'),
    differenceBlock(source),
    heading('Manifests'),
    ...manifestBlocks(source),
  ];
  return blocks.map(named);
}

/** None where nothing was measured twice. */
function learningBlocks(source: ReportSource): Block[] {
  const figures = learningFigures(source);
  if (figures.length === 0) return [];
  const text =
    'Held-out accuracy over generated tokens: mean over seeds with its 95 % t interval; dashed in grey the baseline.';
  return [
    { kind: 'heading', level: 2, text: 'Learning curves' },
    { kind: 'text', text },
    { kind: 'figures', figures },
  ];
}

function costTable(source: ReportSource, variants: readonly VariantFacts[], options: FactOptions): Block {
  const threshold = thresholdOf(source, options);
  const priced = variants.some(({ money }) => money > 0);
  const until = threshold === undefined ? 'the threshold' : percent(threshold);
  const rows = variants.map(({ name, tokens, seconds, memory, money, reached }) => [
    name,
    number(tokens, count),
    number(seconds, duration),
    number(memory, (mebibytes) => `${count(mebibytes)} MiB`),
    ...(priced ? [number(money, (amount) => amount.toPrecision(3))] : []),
    reached ? `${reached.reached} of ${reached.runs}` : '–',
    reached ? arrival(reached.steps) : '–',
    reached ? arrival(reached.tokens) : '–',
  ]);
  const head = [
    'variant',
    'tokens',
    'time',
    'memory',
    ...(priced ? ['money'] : []),
    `runs that reach ${until}`,
    'steps to it',
    'tokens to it',
  ];
  return {
    kind: 'table',
    title: `Costs a run, and how soon it is as good as ${until} (medians; by evaluations)`,
    head,
    rows,
  };
}

const arrival = (value: number): string => (Number.isFinite(value) ? count(value) : 'not reached');

function livenessTable(variants: readonly VariantFacts[]): Block {
  const rows = variants.map(({ name, live }) => [
    name,
    live?.metric ?? '–',
    live ? percent(live.share) : '–',
    live ? live.mean.toPrecision(2) : '–',
  ]);
  return {
    kind: 'table',
    title: 'Whether what was changed acts',
    head: ['variant', 'by the metric', 'steps in which it is not 0', 'mean'],
    rows,
  };
}

function completionBlocks(answers: Awaited<ReturnType<typeof compareCompletions>>): Block[] {
  if (!answers)
    return [{ kind: 'text', text: 'No step is common to all variants: their answers can not be put side by side.' }];
  const { step, seed, prompts } = answers;
  return [
    {
      kind: 'text',
      text: `First answers of seed ${seed} after ${step} rollout steps, to the ${prompts.length} held-out prompts on which the variants differ most.`,
    },
    { kind: 'completions', prompts },
  ];
}

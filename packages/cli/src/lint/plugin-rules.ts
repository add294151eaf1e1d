import { definitionProblem, optionsSchema, z, type Plugin } from '@dapo/core';
import type { Finding } from './finding.js';
import { splitArguments, type SourceText } from './source-text.js';

/** What a plugin says of itself, and whether its source agrees. */
export function pluginFindings(plugin: Plugin, source: SourceText, fileName: string): Finding[] {
  const bad = definitionProblem(plugin, fileName);
  if (bad)
    return [
      finding(
        source,
        /\bdefinePlugin\s*[<(]/,
        'definition',
        'error',
        firstLine(bad.message),
        'dapo plugins lists the kinds',
      ),
    ];
  return [
    ...name(plugin, source, fileName),
    ...words(plugin, source),
    ...options(plugin, source),
    ...metricWords(plugin, source),
    ...metricsSeen(plugin, source),
  ];
}

function name(plugin: Plugin, source: SourceText, fileName: string): Finding[] {
  const expected = fileName.replace(/\.[cm]?[jt]s$/, '');
  if (plugin.name === expected) return [];
  const message = `the plugin is called «${plugin.name}» and its file «${expected}»: who reads a config looks for the file`;
  return [
    finding(source, /\bname:/, 'file-name', 'error', message, `rename one: name: '${expected}', or ${plugin.name}.ts`),
  ];
}

function words({ summary, source: origin, departures }: Plugin, source: SourceText): Finding[] {
  const at = /\bdefinePlugin\s*[<(]/;
  const found: Finding[] = [];
  if (summary === undefined || summary.trim() === '') {
    found.push(
      finding(
        source,
        at,
        'summary',
        'error',
        'it has no summary: lists would show a bare name',
        "summary: 'One sentence.'",
      ),
    );
  }
  if (origin === undefined || Object.values(origin).every((value) => !value)) {
    found.push(
      finding(
        source,
        at,
        'source',
        'warning',
        'it does not say where it comes from',
        "source: { title: 'our own' }, or arxiv and equation",
      ),
    );
  }
  if ((origin?.arxiv ?? origin?.url) !== undefined && departures === undefined) {
    const message = 'it has a source, and does not say how it differs from it';
    found.push(
      finding(
        source,
        /\bsource:/,
        'departures',
        'warning',
        message,
        "departures: 'none', or what is different and why",
      ),
    );
  }
  return found;
}

interface OptionsJson {
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>;
  readonly required?: readonly string[];
}

function options(plugin: Plugin, source: SourceText): Finding[] {
  const schema = optionsSchema(plugin);
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as OptionsJson & {
    readonly additionalProperties?: unknown;
  };
  const found: Finding[] = [];
  if (json.additionalProperties !== false) {
    const message = 'its options take any key: a misspelt one would do nothing, and nobody would notice';
    found.push(
      finding(source, /\bz\s*\.\s*\w*[oO]bject\b/, 'options-strict', 'error', message, 'z.strictObject({ … })'),
    );
  }
  for (const [option, { description }] of Object.entries(json.properties ?? {})) {
    const at = new RegExp(`\\b${option}\\s*:`);
    if (description === undefined || description === '') {
      found.push(
        finding(
          source,
          at,
          'option-described',
          'error',
          `the option «${option}» has no description`,
          ".describe('what it does, and its unit')",
        ),
      );
    }
    if (json.required?.includes(option)) {
      const message = `the option «${option}» has no default: every config has to name it`;
      found.push(
        finding(
          source,
          at,
          'option-default',
          'warning',
          message,
          '.default(…), where there is a value that mostly fits',
        ),
      );
    }
  }
  return found;
}

function metricWords({ metrics = {} }: Plugin, source: SourceText): Finding[] {
  return Object.entries(metrics).flatMap(([metric, { meaning, unit }]) => {
    if (meaning && unit) return [];
    const message = `the metric «${metric}» has no ${meaning ? 'unit' : 'meaning'}`;
    return [
      finding(source, /\bmetrics:/, 'metric-described', 'error', message, "unit: 'share', meaning: 'what it counts'"),
    ];
  });
}

/** Kinds whose results carry metrics. */
const WITH_METRICS = ['loss', 'clip-rule', 'correction'];

/** As far as can be seen: names in `record('…')`, and keys of what `metrics` is in a result. */
function metricsSeen({ kind, metrics = {} }: Plugin, source: SourceText): Finding[] {
  const declared = Object.keys(metrics);
  const inResults = WITH_METRICS.includes(kind) ? keysOfResults(source) : [];
  const recorded = [...recordedNames(source), ...inResults];
  const undeclared = recorded
    .filter(({ metric }) => !declared.includes(metric))
    .map(({ metric, line }): Finding => {
      const message = `it records «${metric}», which it does not declare: the run would end there`;
      const hint = `metrics: { '${metric}': { over: 'step', reduce: 'mean', unit: '…', meaning: '…' } }`;
      return { line, rule: 'metric-declared', level: 'error', message, hint };
    });
  const unseen = declared
    .filter((metric) => source.text.split(metric).length < 3 && !/\w*[mM]etrics\s*\(|\.\.\./.test(source.code))
    .map((metric) =>
      finding(
        source,
        /\bmetrics:/,
        'metric-recorded',
        'warning',
        `it declares «${metric}», and nothing seems to record it`,
        'record it, or take it out',
      ),
    );
  return [...undeclared, ...unseen];
}

interface Recorded {
  readonly metric: string;
  readonly line: number;
}

function recordedNames(source: SourceText): Recorded[] {
  return [...source.text.matchAll(/\.record\(\s*(['"])([\w-]+)\1/g)]
    .filter(({ index }) => source.code.startsWith('.record', index))
    .map(({ index, 2: metric }) => ({ metric: metric!, line: source.lineAt(index) }));
}

/** `metrics: { … }` that is no declaration, which has objects for values. */
function keysOfResults(source: SourceText): Recorded[] {
  return [...source.all(/\bmetrics:\s*(?=\{)/g)].flatMap(({ index, match, line }) => {
    const open = index + match.length;
    const block = source.within(open);
    if (/\bover\s*:/.test(block)) return [];
    const inText = source.text.slice(open + 1, open + 1 + block.length);
    return splitArguments(block).flatMap((entry) => {
      // The rest of an object, a computed key, a type.
      if (/^(\.\.\.|\[|readonly\b)/.test(entry)) return [];
      const key = /^(?:(['"])(.*?)\1|([\w$]+))/.exec(inText.slice(block.indexOf(entry)));
      const metric = key?.[2] ?? key?.[3];
      return metric === undefined ? [] : [{ metric, line }];
    });
  });
}

function finding(
  source: SourceText,
  at: RegExp,
  rule: string,
  level: Finding['level'],
  message: string,
  hint: string,
): Finding {
  return { line: source.lineOf(at), rule, level, message, hint };
}

function firstLine(text: string): string {
  return text.split('\n')[0]!;
}

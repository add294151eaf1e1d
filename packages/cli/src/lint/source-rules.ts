import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import type { Plugin } from '@dapo/core';
import type { Finding } from './finding.js';
import { splitArguments, type SourceText } from './source-text.js';

/** Loss per token is theirs, weights and sums are the engine's. */
const PER_TOKEN = ['loss', 'ratio-level', 'clip-rule', 'kl-term'];
const LONGEST = 300;
/** A policy holds a model. */
const LONG: Readonly<Record<string, number>> = { policy: LONGEST };
const LONG_ELSEWHERE = 200;

/** What can be seen in the source of a plugin without running it. */
export function sourceFindings(source: SourceText, plugin: Plugin | undefined, file: string): Finding[] {
  return [
    ...synchronousReads(source),
    ...ownRandomness(source),
    ...averages(source, plugin?.kind),
    ...divisions(source),
    ...imports(source, file),
    ...consoleCalls(source),
    ...length(source, plugin?.kind ?? ''),
    ...declaration(source, file),
  ];
}

function synchronousReads(source: SourceText): Finding[] {
  return [...source.all(/\.(dataSync|arraySync)\b/g)].map(({ line, match }) => ({
    line,
    rule: 'synchronous-read',
    level: 'error',
    message: `${match.slice(1)} reads a tensor synchronously: a GPU is waited for, and WebGPU in Node has no such read`,
    hint: 'await tensor.data(), once, at the end',
  }));
}

function ownRandomness(source: SourceText): Finding[] {
  return [...source.all(/\bMath\s*\.\s*random\b|\btf\s*\.\s*random\w*/g)].map(({ line, match }) => ({
    line,
    rule: 'own-randomness',
    level: 'error',
    message: `${match} knows nothing of the seed: the run could not be repeated`,
    hint: 'inject: { random: tokens.random }, and draw from one of its keys',
  }));
}

function averages(source: SourceText, kind: string | undefined): Finding[] {
  if (kind === undefined || !PER_TOKEN.includes(kind)) return [];
  return [...source.all(/\btf\s*\.\s*mean\b|\.mean\(/g)].map(({ line }) => ({
    line,
    rule: 'average',
    level: 'error',
    message: `a ${kind} that averages hangs on how a mini-batch is cut, and counts the padding`,
    hint: 'give one value a token; the aggregation weighs them. Over the tokens of a response: rowSum(values, mask) and its own count',
  }));
}

function divisions(source: SourceText): Finding[] {
  return [...source.all(/(\btf\s*)?\.\s*div\s*(?=\()/g)].flatMap(({ index, line, match }) => {
    const place = match.startsWith('tf') ? 1 : 0;
    const divisor = splitArguments(source.within(index + match.length))[place] ?? '';
    const counted = /\b(sum|mean|norm|moments|std|count|counts|variance|total)\b/i.test(divisor);
    if (!counted || /\b(maximum|max|add|clipByValue|eps\w*)\b/.test(divisor)) return [];
    return [
      {
        line,
        rule: 'division',
        level: 'warning' as const,
        message: `it divides by «${divisor.replace(/\s+/g, ' ')}», which is 0 for an empty mask or equal values: NaN, also in the gradient`,
        hint: 'tf.maximum(count, 1), or add a small epsilon; a select afterwards does not mend the gradient',
      },
    ];
  });
}

const SHARED: Readonly<Record<string, string>> = {
  '@tensorflow/tfjs': "import { tf } from '@dapo/core'",
  '@tensorflow/tfjs-core': "import { tf } from '@dapo/core'",
  '@tensorflow/tfjs-node': "import { tf } from '@dapo/core'",
  zod: "import { z } from '@dapo/core'",
  tsyringe: 'ask by token: inject: { policy: tokens.policy }',
};

function imports(source: SourceText, file: string): Finding[] {
  const installed = packageOf(file)?.dependencies;
  return source.imports.flatMap(({ specifier, line, typeOnly }) => {
    const told = typeOnly ? undefined : importProblem(specifier, installed);
    return told ? [{ line, rule: 'import', level: 'error' as const, ...told }] : [];
  });
}

function importProblem(
  specifier: string,
  installed: ReadonlySet<string> | undefined,
): Pick<Finding, 'message' | 'hint'> | undefined {
  const shared = SHARED[specifier];
  if (shared !== undefined)
    return { message: `«${specifier}» would be a second copy beside the engine's`, hint: shared };
  if (
    specifier === '@dapo/core' ||
    specifier.startsWith('.') ||
    builtinModules.includes(specifier.replace(/^node:/, ''))
  )
    return undefined;
  if (specifier.startsWith('@dapo/core/')) {
    return {
      message: `«${specifier}» is inner matter of the engine, or for tests`,
      hint: "import from '@dapo/core'",
    };
  }
  if (/^(@dapo\/plugins|dapo-plugin-)/.test(specifier)) {
    return {
      message: 'a plugin knows no other plugin',
      hint: "take it as a part: slots: { inner: { kind: 'clip-rule' } }",
    };
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (installed === undefined || installed.has(name)) return undefined;
  return { message: `«${name}» is not named in package.json`, hint: `npm install ${name}` };
}

interface OwnPackage {
  /** Of the kinds that those get, too, who install it. */
  readonly dependencies: ReadonlySet<string>;
  /** Whether it is one of plugins, for others to install. */
  readonly published: boolean;
}

/** The nearest package.json above a file. */
function packageOf(file: string): OwnPackage | undefined {
  for (let folder = path.dirname(path.resolve(file)); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const packageJson = path.join(folder, 'package.json');
    if (!existsSync(packageJson)) continue;
    const said = JSON.parse(readFileSync(packageJson, 'utf8')) as Readonly<Record<string, object | undefined>>;
    const groups = ['dependencies', 'peerDependencies', 'optionalDependencies'];
    const dependencies = new Set(groups.flatMap((group) => Object.keys(said[group] ?? {})));
    return { dependencies, published: 'engine' in (said['dapo'] ?? {}) };
  }
  return undefined;
}

function consoleCalls(source: SourceText): Finding[] {
  return [...source.all(/\bconsole\s*\.\s*\w+/g)].map(({ line, match }) => ({
    line,
    rule: 'console',
    level: 'warning',
    message: `${match} writes into the progress of the run, and into --json`,
    hint: 'inject: { logger: tokens.logger }',
  }));
}

function length({ lines }: SourceText, kind: string): Finding[] {
  if (lines <= (LONG[kind] ?? LONG_ELSEWHERE)) return [];
  const level = lines > LONGEST ? 'error' : 'warning';
  const hint = 'put the mathematics into a file of its own beside it; most plugins take 30 to 80 lines';
  return [
    {
      line: Math.min(lines, LONGEST),
      rule: 'length',
      level,
      message: `${lines} lines are much for one technique`,
      hint,
    },
  ];
}

/** Where others name it by its name; in an experiment it is named by its file, whose options are open. */
function declaration(source: SourceText, file: string): Finding[] {
  if (!packageOf(file)?.published || /\.[cm]?js$/.test(file) || /declare\s+module\s*['"]/.test(source.code)) return [];
  const line = source.lines;
  const message = "without its declaration neither its name nor its options are checked in a config's types";
  return [
    {
      line,
      rule: 'declaration',
      level: 'warning',
      message,
      hint: 'copy the last lines of what dapo plugin new writes',
    },
  ];
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A config that a file of ours shows to people. */
export interface ShownConfig {
  /** Where it stands: `README.md:38`. */
  readonly name: string;
  /** The template whose folder it lies in: its base model, its plugins. */
  readonly template: string;
  /** Files beside it: name → content. */
  readonly files: Readonly<Record<string, string>>;
  /** The config file, of these or of the template. */
  readonly file: string;
  readonly set: readonly string[];
}

export interface Block {
  readonly line: number;
  readonly language: string;
  /** What follows the language. */
  readonly info: string;
  readonly text: string;
}

/** Every config of every template, and every one that a page shows. */
export function shownConfigs(): ShownConfig[] {
  return [
    ...templateConfigs(),
    ...pages().flatMap((page) => configsIn(page, readFileSync(path.join(root, page), 'utf8'))),
  ];
}

function templateConfigs(): ShownConfig[] {
  return filesUnder('templates')
    .map((name) => name.split(path.sep))
    .filter(
      ([, , file, ...deeper]) =>
        deeper.length === 0 && /\.config\.(ts|js|mjs|yaml|yml|json)$/.test(file ?? '') && !file!.startsWith('vitest.'),
    )
    .map(([, template, file]) => ({
      name: `templates/${template!}/${file!}`,
      template: template!,
      files: {},
      file: file!,
      set: [],
    }));
}

/** What `dapo train` takes in a template's folder. */
const mainConfig = (template: string): string =>
  readdirSync(path.join(root, 'templates', template)).find((name) => /^dapo\.config\.\w+$/.test(name))!;

/** README, guides, template READMEs; not docs/reference, which is generated from what other tests hold. */
export function pages(): string[] {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...top, ...filesUnder('docs'), ...filesUnder('templates')].filter(
    (name) => name.endsWith('.md') && !/^docs[/\\](reference|\.vitepress)[/\\]/.test(name),
  );
}

function filesUnder(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => !/(^|[/\\])(node_modules|runs|dist)[/\\]/.test(name))
    .map((name) => path.join(folder, name));
}

/** The configs of one page: whole ones, parts, those handed to `createRun`, and overrides. */
export function configsIn(page: string, text: string): ShownConfig[] {
  const template = /^templates[/\\]([^/\\]+)[/\\]/.exec(page)?.[1] ?? 'arithmetic';
  const blocks = blocksOf(text);
  const files = Object.fromEntries(blocks.flatMap((block) => (titleOf(block) ? [[titleOf(block)!, block.text]] : [])));
  const shown = blocks.flatMap((block) =>
    configFiles(block).map((written) => ({
      name: `${page}:${block.line}`,
      template,
      files: { ...files, ...written },
      file: Object.keys(written).at(-1)!,
      set: [],
    })),
  );
  const overridden = overridesIn(text).map(({ line, set }) => ({
    name: `${page}:${line} ${set.join(' ')}`,
    template,
    files: Object.fromEntries(Object.entries(files).filter(([name]) => !name.startsWith('dapo.config.'))),
    file: mainConfig(template),
    set,
  }));
  return [...shown, ...overridden];
}

export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^( *)```(\w+)([^\n]*)\n([^]*?)^\1```/gm)].map(
    ({ 0: all, 2: language, 3: info, 4: body, index }) => ({
      line: lineAt(text, index + (all.startsWith('\n') ? 1 : 0)),
      language: language!,
      info: info!.trim(),
      text: body!,
    }),
  );
}

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** ` ```ts [plugins/mine.ts] ` or a first line `// plugins/mine.ts`: the block is a file of that name. */
export function titleOf({ info, text }: Block): string | undefined {
  return (
    /\[([\w./-]+\.\w+)\]/.exec(info)?.[1] ??
    /^(?:\/\/|#) ([\w./-]+\.(?:ts|js|yaml|yml|json))$/m.exec(text.split('\n')[0]!)?.[1]
  );
}

/** What a block holds of configs, each as files, of which the last is the config. */
function configFiles({ language, info, text }: Block): Readonly<Record<string, string>>[] {
  const part = /\bconfig-part\b/.test(info);
  if (/^(ts|typescript|js|javascript|mjs)$/.test(language)) {
    const whole = /\bdefineConfig\(/.test(text);
    if (part) return [whole ? { 'shown.config.ts': text, 'part.config.ts': OVER } : { 'part.config.ts': partOf(text) }];
    if (whole) return [{ 'whole.config.ts': text }];
    return configArguments(text).map((argument) => ({
      'argument.config.ts': `export default ${argument};\n`,
    }));
  }
  if (!/^(ya?ml|jsonc?)$/.test(language)) return [];
  if (part) return [{ 'part.config.yaml': `extends: ./dapo.config.ts\n${text}` }];
  const whole = /\bconfig\b/.test(info) || /^\s*\{?\s*"?extends"?\s*:/m.test(text);
  return whole ? [{ [`whole.config.${language.startsWith('y') ? 'yaml' : 'json'}`]: text }] : [];
}

/** A whole file with parts left out, over the template's own config. */
const OVER = "export default { extends: ['./dapo.config.ts', './shown.config.ts'] };\n";

/** Keys, or one object, over the template's own config. */
function partOf(text: string): string {
  const keys = text.trimStart().startsWith('{') ? `...(${text.trim().replace(/[;,]$/, '')})` : text;
  return `export default { extends: './dapo.config.ts', ${keys} };\n`;
}

/** The object literals that are handed to `createRun` or `validate`. */
function configArguments(text: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile('block.ts', text, ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(createRun|validate)$/.test(node.expression.getText())) {
      const [first] = node.arguments;
      if (first && ts.isObjectLiteralExpression(first)) found.push(first.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `--set path=value`, `--set <path>=<name>`: the form of an override, not one. */
const isPlaceholder = (override: string): boolean => /[<…]|^path=|^PATH=/.test(override);

/** Overrides of `dapo` commands, line by line; in a table or a sentence, code by code. */
function overridesIn(text: string): { readonly line: number; readonly set: string[] }[] {
  return text.split('\n').flatMap((line, i) => {
    const pieces = line.includes('`') ? [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code!) : [line];
    return pieces
      .map((piece) =>
        [...piece.matchAll(/--set[ =]('[^']*'|"[^"]*"|[^\s`]+)/g)].map(([, value]) =>
          value!.replace(/^(['"])(.*)\1$/, '$2'),
        ),
      )
      .filter((set) => set.some((override) => override.includes('=')) && !set.some(isPlaceholder))
      .map((set) => ({ line: i + 1, set }));
  });
}

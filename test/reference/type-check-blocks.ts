import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { root, titleOf, type Block } from './documented-configs.js';
import { templateOf } from './shell-commands.js';

export interface BlockOfPage extends Block {
  readonly page: string;
  readonly name: string;
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  types: ['node', '@dapo/plugins'],
};

/**
 * Type-checks all blocks in one program. A page is a folder of its own, in which its named blocks (` ```ts [plugins/mine.ts] `)
 * lie beside the plugins of its template.
 */
export function typeErrors(blocks: readonly BlockOfPage[]): string[] {
  const files = new Map<string, { readonly text: string; readonly block?: BlockOfPage }>();
  for (const block of blocks) {
    const folder = folderOf(block.page);
    for (const [file, text] of templateSources(block.page))
      if (!files.has(path.join(folder, file))) files.set(path.join(folder, file), { text });
    const name = titleOf(block) ?? `block-${block.line}.ts`;
    files.set(path.join(folder, name), { text: sourceOf(block), block });
  }
  const own = [...files].filter(([, { block }]) => block).map(([file]) => file);
  const program = ts.createProgram({ rootNames: own, options, host: hostOver(files) });
  return ts.getPreEmitDiagnostics(program).flatMap((diagnostic) => {
    const block = diagnostic.file && files.get(path.normalize(diagnostic.file.fileName))?.block;
    return block ? [describe(diagnostic, block)] : [];
  });
}

const folderOf = (page: string): string => path.join(root, 'test/reference/blocks', page);

/** Keys of a config become a config; a block without imports is a module all the same. */
function sourceOf({ info, text }: Block): string {
  if (!/\bconfig-part\b/.test(info) || /^export default/m.test(text)) return `${text}\nexport {};\n`;
  const keys = text.trimStart().startsWith('{') ? `...(${text.trim()})` : text.trim();
  return `import { defineConfig } from '@dapo/core';\nexport default defineConfig({\n${keys}\n});\n`;
}

function templateSources(page: string): [string, string][] {
  const template = path.join(root, 'templates', templateOf(page) ?? 'arithmetic');
  return ['plugins', 'src']
    .filter((folder) => existsSync(path.join(template, folder)))
    .flatMap((folder) => readdirSync(path.join(template, folder)).map((file) => path.join(folder, file)))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(path.join(template, file), 'utf8')]);
}

/** The files of the machine, with those of the blocks over them. */
function hostOver(files: ReadonlyMap<string, { readonly text: string }>): ts.CompilerHost {
  const machine = ts.createCompilerHost(options);
  const folders = new Set([...files.keys()].flatMap((file) => [path.dirname(file), path.dirname(path.dirname(file))]));
  const textOf = (file: string): string | undefined => files.get(path.normalize(file))?.text;
  const host: ts.CompilerHost = {
    ...machine,
    fileExists: (file) => textOf(file) !== undefined || machine.fileExists(file),
    readFile: (file) => textOf(file) ?? machine.readFile(file),
    directoryExists: (folder) => folders.has(path.normalize(folder)) || existsSync(folder),
    getSourceFile: (file, language) => {
      const text = textOf(file);
      return text === undefined ? machine.getSourceFile(file, language) : ts.createSourceFile(file, text, language);
    },
  };
  host.resolveModuleNameLiterals = (literals, file) =>
    literals.map(({ text }) => packageOfTemplate(file, text) ?? ts.resolveModuleName(text, file, options, host));
  return host;
}

/** On the page of a template that is a package, the package's own name means its source. */
function packageOfTemplate(file: string, name: string): ts.ResolvedModuleWithFailedLookupLocations | undefined {
  const template = /blocks[/\\]templates[/\\]([^/\\]+)/.exec(file)?.[1];
  const manifest = path.join(root, 'templates', template ?? '', 'package.json');
  if (!template || !existsSync(manifest)) return undefined;
  if ((JSON.parse(readFileSync(manifest, 'utf8')) as { name: string }).name !== name) return undefined;
  const resolvedFileName = path.join(root, 'templates', template, 'src/index.ts');
  return { resolvedModule: { resolvedFileName, extension: ts.Extension.Ts, isExternalLibraryImport: false } };
}

function describe({ messageText, code, file, start }: ts.Diagnostic, { name }: BlockOfPage): string {
  const line = file ? file.getLineAndCharacterOfPosition(start ?? 0).line + 1 : 0;
  return `${name} line ${line}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}

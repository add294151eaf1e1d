/** A statement that brings something in from elsewhere. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Types alone are gone at run time. */
  readonly typeOnly: boolean;
}

/** The text of a source file; rules look for code in `code`, so that a word in a comment or a text is none. */
export class SourceText {
  /** Comments, texts and regular expressions are blanks; every character keeps its place. */
  readonly code: string;

  constructor(readonly text: string) {
    this.code = withoutTexts(text);
  }

  get lines(): number {
    return this.text.trimEnd().split('\n').length;
  }

  lineAt(index: number): number {
    return this.text.slice(0, index).split('\n').length;
  }

  /** Line of the first match in the code; 1 where there is none. */
  lineOf(pattern: RegExp): number {
    const match = pattern.exec(this.code);
    return match ? this.lineAt(match.index) : 1;
  }

  /** Every match in the code. */
  *all(pattern: RegExp): Generator<{ readonly index: number; readonly line: number; readonly match: string }> {
    for (const { index, 0: match } of this.code.matchAll(pattern)) yield { index, line: this.lineAt(index), match };
  }

  get imports(): Import[] {
    const statement = /\b(import|export)(\s+type)?\b[^'";()]*?\bfrom\s*(['"])(.+?)\3|\bimport\s*\(?\s*(['"])(.+?)\5/g;
    return [...this.text.matchAll(statement)].flatMap((found) => {
      const { index } = found;
      const word = index + found[0].search(/\S/);
      const inCode = this.code.startsWith('import', word) || this.code.startsWith('export', word);
      // `typeof import('./x.js')` is a type, too.
      const typeOnly = found[2] !== undefined || /typeof\s*$/.test(this.code.slice(0, index));
      return inCode ? [{ specifier: found[4] ?? found[6]!, line: this.lineAt(index), typeOnly }] : [];
    });
  }

  /** From an opening bracket on, up to the one that closes it, brackets left out. */
  within(open: number): string {
    let depth = 0;
    for (let at = open; at < this.code.length; at++) {
      if ('([{'.includes(this.code[at]!)) depth += 1;
      else if (')]}'.includes(this.code[at]!)) depth -= 1;
      if (depth === 0) return this.code.slice(open + 1, at);
    }
    return this.code.slice(open + 1);
  }
}

/** Parts of a text between commas that stand in no brackets. */
export function splitArguments(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const letter of text) {
    if ('([{'.includes(letter)) depth += 1;
    else if (')]}'.includes(letter)) depth -= 1;
    if (letter === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop()!}${letter}`);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

const TEXTS =
  /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=[(,=:[!&|?{};\n]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

/** Quotes stay, so that a text is still seen to be one. */
function withoutTexts(text: string): string {
  return text.replace(TEXTS, (found) => {
    const quoted = /^['"`]/.test(found);
    return found.replace(/[^\n]/g, (letter, at: number) =>
      quoted && (at === 0 || at === found.length - 1) ? letter : ' ',
    );
  });
}

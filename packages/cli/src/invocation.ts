/** A command as a person can type it in a project that has dapo installed. */
export function commandLine(...words: readonly string[]): string {
  return ['npx', 'dapo', ...words.map(quote)].join(' ');
}

function quote(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

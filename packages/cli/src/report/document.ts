/** What a report says, apart from how it looks: the same blocks become HTML and Markdown. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** Said first and large. */
  | { readonly kind: 'lead'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly text: string }
  | TableBlock
  | { readonly kind: 'figures'; readonly figures: readonly Figure[] }
  | { readonly kind: 'completions'; readonly prompts: readonly ComparedPrompt[] }
  /** Long, and seldom looked at. */
  | { readonly kind: 'folded'; readonly summary: string; readonly text: string };

export interface TableBlock {
  readonly kind: 'table';
  readonly title?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Figure {
  /** Of its file, without the ending. */
  readonly name: string;
  readonly title: string;
  /** What it says to someone who doesn't see it. */
  readonly description: string;
  /** An `<svg>` whose texts are escaped and that has no style and no script. */
  readonly svg: string;
  readonly width: number;
}

/** What several variants answered to one prompt at one step. Hostile text. */
export interface ComparedPrompt {
  readonly prompt: string;
  readonly reference?: string;
  readonly answers: readonly {
    readonly variant: string;
    readonly text: string;
    readonly correct: boolean;
    readonly finish: string;
  }[];
}

/** Cut where nobody reads on, with a word that it was. */
export function shorten(text: string, most = 2000): string {
  return text.length <= most ? text : `${text.slice(0, most)} … (${text.length - most} more characters)`;
}

import type { Stack } from '../language.js';
import type { Language } from '../languages.js';
import type { Survey } from '../survey.js';

/** A Dockerfile for a project that has none. */
export interface Template {
  readonly dockerfile: string;
  /** Lines for .dockerignore: what the image does not need or makes itself. */
  readonly ignore: readonly string[];
  /** The stage for development, where the last one is for production: it has sources and tools, and starts from them. */
  readonly target: 'dev' | undefined;
  /** Starts again only when told to: after each upload. */
  readonly needsRestart: boolean;
}

/** The files of a language's folder as they are, before they are filled in. */
export interface TemplateText {
  readonly language: Language;
  readonly dockerfile: string;
  readonly dockerignore: string;
}

/** What the texts of a template ask for: what stands in `{{…}}`, and what `#if` decides by. An empty text is a no. */
export type Values = Readonly<Record<string, string | boolean>>;

/** What a language knows about a project. */
export interface Facts {
  readonly values: Values;
  readonly needsRestart: boolean;
}

export type FindFacts = (found: Survey, stack: Stack) => Facts;

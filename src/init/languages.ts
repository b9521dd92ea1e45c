/** The languages that devspace has templates for. */
export const languages = ['node', 'python', 'go', 'java', 'php', 'ruby', 'rust', 'dotnet'] as const;
export type Language = (typeof languages)[number];

export const languageNames: Readonly<Record<Language, string>> = {
  node: 'Node.js',
  python: 'Python',
  go: 'Go',
  java: 'Java',
  php: 'PHP',
  ruby: 'Ruby',
  rust: 'Rust',
  dotnet: '.NET',
};

import type { Language } from './languages.js';
import type { Survey } from './survey.js';

/** The files that a port may be written in, and how. */
const PORT_IN: Readonly<Record<Language, readonly (readonly [RegExp, RegExp])[]>> = {
  node: [
    // `app.listen(3000)`, `process.env.PORT || 4000`, `server: { port: 8080 }`
    [
      /\.(?:js|mjs|ts)$/,
      /(?:listen\(\s*["'`]?|\bport\s*[=:]\s*|\bPORT\b["'\])]*\s*(?:\|\||\?\?)\s*["']?)(\d{2,5})\b/i,
    ],
  ],
  // `app.run(port=5000)`, `environ.get("PORT", 8000)`
  python: [
    [/\.py$/, /(?:\bport\s*=\s*|\bPORT\b["'\])]*\s*,\s*["']?|\(\s*["'][\w.]*["']\s*,\s*)(\d{2,5})\b/i],
  ],
  // `ListenAndServe(":8080", nil)`, `r.Run(":8080")`
  go: [[/\.go$/, /(?:listen\w*|run|start)\(\s*["`](?:[\w.]*:)(\d{2,5})\b/i]],
  // `server.port=8080`, `server: { port: 8080 }`, `quarkus.http.port`
  java: [
    [
      /(?:^|\/)application\.properties$/,
      /^(?:server|quarkus\.http|micronaut\.server)\.port\s*=\s*(\d{2,5})/m,
    ],
    [/(?:^|\/)application\.ya?ml$/, /^\s+port:\s*(\d{2,5})/m],
    [/\.(?:java|kt)$/, /(?:InetSocketAddress\(|\.start\(|\bport\s*=\s*)(\d{2,5})\b/i],
  ],
  php: [],
  // `set :port, 4000`
  ruby: [
    [
      /\.rb$/,
      /(?::port,\s*|\bPort:\s*|\bPORT\b["'\])]*\s*(?:\|\||,)\s*["']?|TCPServer\.new\((?:["'][^"']*["']\s*,\s*)?)(\d{2,5})\b/,
    ],
  ],
  // `"0.0.0.0:3000"`, `([0, 0, 0, 0], 3000)`
  rust: [[/\.rs$/, /(?::|["\]]\s*,\s*)(\d{4,5})\b/]],
  dotnet: [],
};

/** The port that a program of that language seems to listen on, by what its main files say. */
export function portInSource({ texts }: Survey, language: Language): number | undefined {
  for (const [name, mark] of PORT_IN[language]) {
    for (const [path, text] of texts) {
      const port = name.test(path) ? Number(mark.exec(text)?.[1]) : 0;
      if (port > 0 && port <= 65_535) return port;
    }
  }
  return undefined;
}

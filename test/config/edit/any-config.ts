import fc from 'fast-check';

/** A config as people write it: some way of indenting, comments and blank lines anywhere. */
export const anyConfig = fc
  .record({
    step: fc.constantFrom(2, 4, 3),
    dash: fc.constantFrom(0, 2, 4),
    blank: fc.boolean(),
    crlf: fc.boolean(),
    end: fc.boolean(),
    flow: fc.boolean(),
    flowImages: fc.boolean(),
    images: fc.array(fc.constantFrom('web', 'api', 'db'), { maxLength: 3 }),
    deployments: fc.nat(3),
    ports: fc.nat(3),
    comments: fc.array(fc.nat(40), { maxLength: 8 }),
    tails: fc.array(fc.nat(40), { maxLength: 4 }),
    gaps: fc.array(fc.nat(40), { maxLength: 3 }),
  })
  .map((given) => {
    const step = ' '.repeat(given.step);
    const dash = ' '.repeat(given.dash);
    const lines = ['version: v1beta3'];
    const section = (head: string, body: string[]) => {
      if (body.length === 0) return;
      if (given.blank) lines.push('');
      lines.push(head, ...body);
    };
    section(
      'images:',
      [...new Set(given.images)].flatMap((name) =>
        given.flowImages
          ? [`${step}${name}: { image: 'a/${name}' }`]
          : [`${step}${name}:`, `${step}${step}image: a/${name}`],
      ),
    );
    section(
      'deployments:',
      Array.from({ length: given.deployments }, (_, i) => [
        `${dash}- name: "d${i}"`,
        `${dash}  kubectl:`,
        ...(given.flow
          ? [`${dash}  ${step}manifests: [k, 'l']`]
          : [`${dash}  ${step}manifests:`, `${dash}  ${step}${dash}- k`]),
      ]).flat(),
    );
    section(
      'dev:',
      given.ports === 0
        ? []
        : [
            `${step}ports:`,
            ...Array.from(
              { length: given.ports },
              (_, i) => `${step}${dash}- {imageName: w, forward: [{port: ${i + 1}}]}`,
            ),
          ],
    );
    // Comments stand at the column of a line below them, or at the end of one.
    for (const at of given.tails) {
      const line = lines[at % lines.length] ?? '';
      if (line !== '' && !line.includes('#')) lines[at % lines.length] = `${line} # tail ${at}`;
    }
    for (const at of given.comments) {
      const where = at % lines.length;
      const indent = /^ */.exec(lines[where] ?? '')?.[0] ?? '';
      lines.splice(where, 0, `${indent}# comment ${at}`);
    }
    for (const at of given.gaps) lines.splice(1 + (at % lines.length), 0, '');
    return lines.join(given.crlf ? '\r\n' : '\n') + (given.end ? (given.crlf ? '\r\n' : '\n') : '');
  });

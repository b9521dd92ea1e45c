import { has, present, type MakeTemplate } from './template.js';

export const php: MakeTemplate = (found, { port }) => {
  const composer = present(found, 'composer.json', 'composer.lock');
  const root = found.files.some((file) => file.startsWith('public/')) ? '/app/public' : '/app';
  const install =
    composer === ''
      ? ''
      : `
# Packages are installed again only when these files change.
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
COPY --chown=www-data:www-data ${composer} ./
RUN composer install --no-interaction --no-scripts --no-autoloader
`;
  return {
    dockerfile: `FROM php:8.4-apache

# Not root, so not port 80; and with a folder that may be written to: what changes is synced into it.
RUN sed -i 's/^Listen 80$/Listen ${port}/' /etc/apache2/ports.conf \\
 && sed -i -e 's/:80>/:${port}>/' -e 's#/var/www/html#${root}#' /etc/apache2/sites-available/000-default.conf \\
 && sed -i 's#<Directory /var/www/>#<Directory /app/>#' /etc/apache2/apache2.conf \\
 && a2enmod rewrite \\
 && mkdir /app && chown www-data:www-data /app
USER www-data
ENV COMPOSER_HOME=/tmp/composer
WORKDIR /app
${install}
COPY --chown=www-data:www-data . .
${composer === '' ? '' : 'RUN composer dump-autoload\n'}
EXPOSE ${port}
`,
    ignore: [...(has(found, 'composer.json') ? ['vendor/'] : []), '.git/'],
    target: undefined,
    needsRestart: false,
  };
};

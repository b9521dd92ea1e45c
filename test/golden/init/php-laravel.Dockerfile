# For: composer.json, composer.lock, public/index.php
# Left out: vendor/ node_modules/ .git/
# Restarted: no

FROM php:8.2-apache
# What composer unpacks packages with.
RUN apt-get update && apt-get install -y --no-install-recommends unzip && rm -r /var/lib/apt/lists/*
RUN docker-php-ext-install pdo_mysql

# Not root, so not port 80; and with a folder that may be written to: what changes is synced into it.
RUN sed -i 's/^Listen 80$/Listen 8080/' /etc/apache2/ports.conf \
 && sed -i -e 's/:80>/:8080>/' -e 's#/var/www/html#/app/public#' /etc/apache2/sites-available/000-default.conf \
 && sed -i 's#<Directory /var/www/>#<Directory /app/>#' /etc/apache2/apache2.conf /etc/apache2/conf-available/docker-php.conf \
 && a2enmod rewrite \
 && mkdir /app && chown 33:33 /app
USER 33:33
WORKDIR /app

# Packages are installed again only when these files change.
COPY --from=composer:2 /usr/bin/composer /usr/bin/composer
ENV COMPOSER_HOME=/tmp/composer
COPY --chown=33:33 composer.json composer.lock ./
RUN composer install --no-interaction --no-scripts --no-autoloader

COPY --chown=33:33 . .
RUN composer dump-autoload

EXPOSE 8080

# For: index.php
# Left out: node_modules/ .git/
# Restarted: no

FROM php:8.4-apache

# Not root, so not port 80; and with a folder that may be written to: what changes is synced into it.
RUN sed -i 's/^Listen 80$/Listen 8080/' /etc/apache2/ports.conf \
 && sed -i -e 's/:80>/:8080>/' -e 's#/var/www/html#/app#' /etc/apache2/sites-available/000-default.conf \
 && sed -i 's#<Directory /var/www/>#<Directory /app/>#' /etc/apache2/apache2.conf /etc/apache2/conf-available/docker-php.conf \
 && a2enmod rewrite \
 && mkdir /app && chown 33:33 /app
USER 33:33
WORKDIR /app

COPY --chown=33:33 . .

EXPOSE 8080

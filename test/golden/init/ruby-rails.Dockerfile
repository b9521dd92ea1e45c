# For: Gemfile, Gemfile.lock
# Left out: log/ tmp/ vendor/bundle/ .bundle/ .git/
# Restarted: no

# Not the slim one: gems are compiled here.
FROM ruby:3.3.5

# Not root, and with a folder that may be written to: what changes is synced into it.
RUN useradd --create-home --uid 1000 app && mkdir /app && chown 1000:1000 /app
USER 1000:1000
ENV BUNDLE_PATH=/home/app/gems
WORKDIR /app

# Gems are installed again only when these files change.
COPY --chown=1000:1000 Gemfile Gemfile.lock ./
RUN bundle install

COPY --chown=1000:1000 . .

ENV PORT=3000
EXPOSE 3000
CMD ["bundle","exec","rails","server","--binding","0.0.0.0","--port","3000"]

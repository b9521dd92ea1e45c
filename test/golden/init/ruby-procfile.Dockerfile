# For: main.rb, Procfile
# Left out: log/ tmp/ vendor/bundle/ .bundle/ .git/
# Restarted: yes

# Not the slim one: gems are compiled here.
FROM ruby:3.4

# Not root, and with a folder that may be written to: what changes is synced into it.
RUN useradd --create-home --uid 1000 app && mkdir /app && chown 1000:1000 /app
USER 1000:1000
ENV BUNDLE_PATH=/home/app/gems
WORKDIR /app

COPY --chown=1000:1000 . .

ENV PORT=9292
EXPOSE 9292
CMD ["sh","-c","exec puma -p $PORT"]

# package-lock.json in WORK -> WORK/node_modules, exactly those versions; what was fetched once comes from npm's cache.
#   cmake -D NPM=/usr/bin/npm -D WORK=build/dev/page -D OMIT=[dev] -P npm_ci.cmake
set(omit "")
if(OMIT)
  set(omit --omit=${OMIT})
endif()
execute_process(COMMAND ${NPM} ci ${omit} --ignore-scripts --prefer-offline --no-audit --no-fund --no-progress --loglevel=error
  WORKING_DIRECTORY ${WORK} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "npm ci could not fetch the modules of the dashboard's page (${WORK}):\n${said}\n"
    "Without a way to the npm registry: set one that can be reached (npm config set registry URL) and build again,\n"
    "or build without the page: -DFATMASTER_PAGE=OFF")
endif()

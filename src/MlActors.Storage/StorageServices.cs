using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlActors.Jobs.Watching;
using MlActors.Storage.Documents;
using MlActors.Storage.Postgres;
using MlActors.Storage.Sqlite;

namespace MlActors.Storage;

/// <summary>Registers the store with a service collection.</summary>
public static class StorageServices
{
    /// <summary>Adds the SQLite store, see <see cref="AddStorage"/>.</summary>
    public static IServiceCollection AddSqliteStorage(this IServiceCollection services, StorageOptions options) => services.AddStorage(
        provider => SqliteStorage.Open(options, provider.GetService<TimeProvider>(), provider.GetService<ILogger<SqliteStorage>>()), options.DefaultRetention);

    /// <summary>Adds the PostgreSQL store, see <see cref="AddStorage"/>.</summary>
    public static IServiceCollection AddPostgresStorage(this IServiceCollection services, PostgresOptions options) => services.AddStorage(
        provider => PostgresStorage.Open(options, provider.GetService<TimeProvider>(), provider.GetService<ILogger<PostgresStorage>>()), options.DefaultRetention);

    /// <summary>
    /// Adds a store and each of its sides as singletons. It is opened when first asked for, and closed with the provider. The journal plugin
    /// takes it from a <see cref="Journal.StorageSetup"/>, which is registered too.
    /// </summary>
    private static IServiceCollection AddStorage(this IServiceCollection services, Func<IServiceProvider, IStorage> open, TimeSpan? defaultRetention) => services
        .AddSingleton(open)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Jobs)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Catalog)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Contexts)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Results)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Upgrades)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Audit)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Security)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Events)
        .AddSingleton(provider => provider.GetRequiredService<IStorage>().Documents)
        .AddSingleton<IExpiringDocuments>(provider => new ExpiringDocuments(provider.GetRequiredService<IStorage>().Documents, defaultRetention))
        .AddSingleton(provider => new Journal.StorageSetup(provider.GetRequiredService<IStorage>()));
}
